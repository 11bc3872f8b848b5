import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A client that can do with reads goes on reading while the database is away, and writes again, in its session, after it. */
final class ReadsGoOn {
    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> play(scenario, arguments[0]));
    }

    private static void play(Scenario scenario, String server) throws Exception {
        BlockingQueue<KeeperState> states = new LinkedBlockingQueue<>();
        ZooKeeper client = connect(server, states, true);
        Scenario.await("the client connects", () -> client.getState() == ZooKeeper.States.CONNECTED);
        ZooKeeper plain = connect(server, new LinkedBlockingQueue<>(), false);
        Scenario.await("the other client connects", () -> plain.getState() == ZooKeeper.States.CONNECTED);
        client.create("/known", Scenario.bytes("before"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        long session = client.getSessionId();

        scenario.order("take the database away");
        Scenario.await("the client is read-only", () -> client.getState() == ZooKeeper.States.CONNECTEDREADONLY);
        Scenario.await("the client is told", () -> states.contains(KeeperState.ConnectedReadOnly));
        Scenario.checkEqual(session, client.getSessionId(), "the session");
        Scenario.checkEqual("before", Scenario.text(client.getData("/known", false, null)), "what is read");
        try {
            client.setData("/known", Scenario.bytes("never"), -1);
            Scenario.check(false, "nothing is written");
        } catch (KeeperException.NotReadOnlyException refused) {
            Scenario.checkEqual("/known", refused.getPath(), "what is refused");
        }
        // Its client may notice that later than the other's.
        Scenario.await("one that wants to write is not served", () -> plain.getState() != ZooKeeper.States.CONNECTED);
        // A client that comes only now has a session for as long as this lasts.
        ZooKeeper late = connect(server, new LinkedBlockingQueue<>(), true);
        Scenario.await("a new client is read-only", () -> late.getState() == ZooKeeper.States.CONNECTEDREADONLY);
        Scenario.check(late.exists("/known", false) != null, "it reads");

        scenario.order("bring the database back");
        for (ZooKeeper each : new ZooKeeper[] {client, plain, late}) {
            Scenario.await("each client writes again", () -> each.getState() == ZooKeeper.States.CONNECTED);
            each.setData("/known", Scenario.bytes("after"), -1);
        }
        Scenario.checkEqual(session, client.getSessionId(), "the session");
        Scenario.checkEqual(session, client.exists("/known", false).getEphemeralOwner(), "the owner of what it made");
    }

    private static ZooKeeper connect(String server, BlockingQueue<KeeperState> states, boolean canBeReadOnly) throws Exception {
        return new ZooKeeper(
            server, 10_000,
            event -> {
                if (event.getType() == EventType.None) {
                    states.add(event.getState());
                }
            },
            canBeReadOnly);
    }
}
