import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.retry.RetryNTimes;

/** DistributedAtomicLong: increments of three clients at once add up, before a restart and after it. */
final class AtomicLongAddsUp {
    private static final String PATH = "/atomic-long";
    private static final int INCREMENTS = 30;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            List<DistributedAtomicLong> numbers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                CuratorFramework client = scenario.client();
                numbers.add(new DistributedAtomicLong(client, PATH, new RetryNTimes(1000, 2)));
            }
            Scenario.check(numbers.get(0).initialize(0L), "it is new");
            incrementAll(scenario, numbers);
            long sum = 3 * INCREMENTS;
            Scenario.checkEqual(sum, numbers.get(0).get().postValue(), "the sum");
            // Between increments: one whose answer a restart swallows is rightly tried again, and may count twice.
            scenario.restartServer();
            incrementAll(scenario, numbers);
            sum *= 2;
            Scenario.checkEqual(sum, numbers.get(1).get().postValue(), "the sum after the restart");
            Scenario.check(!numbers.get(1).compareAndSet(sum - 1, 0L).succeeded(), "another value is not swapped");
            Scenario.check(numbers.get(1).compareAndSet(sum, 5L).succeeded(), "the value is swapped");
            Scenario.checkEqual(5L, numbers.get(2).get().postValue(), "the value that was swapped in");
        });
    }

    private static void incrementAll(Scenario scenario, List<DistributedAtomicLong> numbers) throws Exception {
        List<Future<Void>> adders = new ArrayList<>();
        for (DistributedAtomicLong number : numbers) {
            adders.add(scenario.start(() -> {
                for (int i = 0; i < INCREMENTS; i++) {
                    Scenario.check(number.increment().succeeded(), "an increment is taken");
                }
                return null;
            }));
        }
        for (Future<Void> adder : adders) {
            Scenario.finish(adder);
        }
    }
}
