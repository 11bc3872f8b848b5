import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;

/** LeaderLatch: one of three leads, after a restart again one, and when it goes another one. */
final class LatchLeads {
    private static final String PATH = "/leader-latch";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            List<LeaderLatch> latches = new ArrayList<>();
            for (String name : List.of("red", "green", "blue")) {
                CuratorFramework client = scenario.client();
                LeaderLatch latch = new LeaderLatch(client, PATH, name);
                latch.start();
                latches.add(latch);
            }
            awaitOneLeader(latches);
            scenario.restartServer();
            awaitOneLeader(latches);
            while (!latches.isEmpty()) {
                LeaderLatch leader = awaitOneLeader(latches);
                Scenario.checkEqual(leader.getId(), leader.getLeader().getId(), "the leader that all see");
                leader.close();
                latches.remove(leader);
            }
        });
    }

    private static LeaderLatch awaitOneLeader(List<LeaderLatch> latches) throws Exception {
        LeaderLatch[] leader = new LeaderLatch[1];
        Scenario.await("one leader, and all in the race", () -> {
            int leaders = 0;
            for (LeaderLatch latch : latches) {
                if (latch.hasLeadership()) {
                    leader[0] = latch;
                    leaders++;
                }
            }
            Scenario.check(leaders <= 1, "there are not two leaders");
            return leaders == 1 && latches.get(0).getParticipants().size() == latches.size();
        });
        return leader[0];
    }
}
