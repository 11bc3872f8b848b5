import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;

/** DistributedDoubleBarrier: nobody enters before all have come, nor, after a restart, leaves before all want to. */
final class DoubleBarrierGathers {
    private static final String PATH = "/double-barrier";
    private static final int MEMBERS = 3;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            List<DistributedDoubleBarrier> barriers = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                CuratorFramework client = scenario.client();
                barriers.add(new DistributedDoubleBarrier(client, PATH, MEMBERS));
            }
            gather(scenario, barriers, barrier -> barrier.enter(20, TimeUnit.SECONDS));
            // Not while somebody waits: to those Curator reports the loss of the connection.
            scenario.restartServer();
            gather(scenario, barriers, barrier -> barrier.leave(20, TimeUnit.SECONDS));
        });
    }

    private interface Step {
        boolean take(DistributedDoubleBarrier barrier) throws Exception;
    }

    private static void gather(Scenario scenario, List<DistributedDoubleBarrier> barriers, Step step)
            throws Exception {
        List<Future<Boolean>> members = new ArrayList<>();
        for (DistributedDoubleBarrier barrier : barriers.subList(1, MEMBERS)) {
            members.add(scenario.start(() -> step.take(barrier)));
        }
        Thread.sleep(300);
        for (Future<Boolean> member : members) {
            Scenario.check(!member.isDone(), "nobody goes on before the last");
        }
        members.add(scenario.start(() -> step.take(barriers.get(0))));
        for (Future<Boolean> member : members) {
            Scenario.check(Scenario.finish(member), "all go on with the last");
        }
    }
}
