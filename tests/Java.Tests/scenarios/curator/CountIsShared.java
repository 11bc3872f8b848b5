import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.shared.SharedCountListener;
import org.apache.curator.framework.recipes.shared.SharedCountReader;
import org.apache.curator.framework.recipes.shared.VersionedValue;
import org.apache.curator.framework.state.ConnectionState;

/** SharedCount: all see a change, a change against an old version is refused, and a restart changes neither. */
final class CountIsShared {
    private static final String PATH = "/shared-count";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            SharedCount first = new SharedCount(one, PATH, 7);
            SharedCount second = new SharedCount(other, PATH, 9);
            first.start();
            second.start();
            Scenario.checkEqual(7, second.getCount(), "the count of whoever came first");
            AtomicInteger heard = new AtomicInteger();
            second.addListener(new SharedCountListener() {
                @Override
                public void countHasChanged(SharedCountReader count, int value) {
                    heard.set(value);
                }

                @Override
                public void stateChanged(CuratorFramework client, ConnectionState state) {
                }
            });
            VersionedValue<Integer> old = second.getVersionedValue();
            first.setCount(8);
            Scenario.await("the other hears of 8", () -> heard.get() == 8);
            Scenario.check(!second.trySetCount(old, 100), "a change against an old version is refused");

            scenario.restartServer();
            VersionedValue<Integer> current = second.getVersionedValue();
            Scenario.checkEqual(8, current.getValue(), "the count after the restart");
            Scenario.check(second.trySetCount(current, 10), "a change against the current version is taken");
            Scenario.await("the first sees 10", () -> first.getCount() == 10);
            first.setCount(11);
            Scenario.await("the other hears of 11", () -> heard.get() == 11);
            first.close();
            second.close();
        });
    }
}
