import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;

/** InterProcessMutex: one holder at a time, reentrant, waiters come in after a restart, increments under it add up. */
final class MutexExcludes {
    private static final int INCREMENTS = 25;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            holderKeepsItThroughRestart(scenario, one, other);
            incrementsAddUpThroughRestart(scenario, one, other);
        });
    }

    private static void holderKeepsItThroughRestart(Scenario scenario, CuratorFramework one, CuratorFramework other)
            throws Exception {
        InterProcessMutex held = new InterProcessMutex(one, "/mutex/held");
        InterProcessMutex wanted = new InterProcessMutex(other, "/mutex/held");
        held.acquire();
        held.acquire();
        Scenario.check(!wanted.acquire(300, TimeUnit.MILLISECONDS), "a held mutex is not given away");
        Future<Boolean> waiter = scenario.start(() -> {
            boolean acquired = wanted.acquire(20, TimeUnit.SECONDS);
            wanted.release();
            return acquired;
        });
        Scenario.await("two participants", () -> held.getParticipantNodes().size() == 2);
        scenario.restartServer();
        held.release();
        Thread.sleep(300);
        Scenario.check(!waiter.isDone(), "a mutex held twice is not free after one release");
        held.release();
        Scenario.check(Scenario.finish(waiter), "the waiter gets it");
        Scenario.await("nobody is left", () -> held.getParticipantNodes().isEmpty());
    }

    private static void incrementsAddUpThroughRestart(Scenario scenario, CuratorFramework one, CuratorFramework other)
            throws Exception {
        one.create().creatingParentsIfNeeded().forPath("/mutex/sum", Scenario.bytes("0"));
        List<Future<Void>> adders = new ArrayList<>();
        for (CuratorFramework client : List.of(one, other, one)) {
            InterProcessMutex mutex = new InterProcessMutex(client, "/mutex/adding");
            adders.add(scenario.start(() -> {
                for (int i = 0; i < INCREMENTS; i++) {
                    mutex.acquire();
                    try {
                        int sum = Integer.parseInt(Scenario.text(client.getData().forPath("/mutex/sum")));
                        client.setData().forPath("/mutex/sum", Scenario.bytes(Integer.toString(sum + 1)));
                    } finally {
                        mutex.release();
                    }
                }
                return null;
            }));
        }
        scenario.restartServer();
        for (Future<Void> adder : adders) {
            Scenario.finish(adder);
        }
        Scenario.checkEqual(
            Integer.toString(3 * INCREMENTS), Scenario.text(one.getData().forPath("/mutex/sum")), "the sum");
    }
}
