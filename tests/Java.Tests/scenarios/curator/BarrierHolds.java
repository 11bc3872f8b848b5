import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;

/** DistributedBarrier: it holds two waiters through a restart, and lets both go when it is removed. */
final class BarrierHolds {
    private static final String PATH = "/barrier";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework owner = scenario.client();
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            DistributedBarrier barrier = new DistributedBarrier(owner, PATH);
            barrier.setBarrier();
            Future<Boolean> first =
                scenario.start(() -> new DistributedBarrier(one, PATH).waitOnBarrier(20, TimeUnit.SECONDS));
            Future<Boolean> second =
                scenario.start(() -> new DistributedBarrier(other, PATH).waitOnBarrier(20, TimeUnit.SECONDS));
            Thread.sleep(300);
            scenario.restartServer();
            Scenario.check(!first.isDone() && !second.isDone(), "the barrier holds");
            barrier.removeBarrier();
            Scenario.check(Scenario.finish(first) && Scenario.finish(second), "both go on");
            Scenario.check(
                new DistributedBarrier(one, PATH).waitOnBarrier(5, TimeUnit.SECONDS), "no barrier holds nobody");
        });
    }
}
