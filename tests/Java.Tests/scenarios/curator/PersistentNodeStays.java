import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.zookeeper.CreateMode;

/** PersistentNode: an ephemeral that is there again after it was deleted, after a restart, and after its session's end. */
final class PersistentNodeStays {
    private static final String PATH = "/persistent-node/worker";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework owner = scenario.client();
            CuratorFramework other = scenario.client();
            PersistentNode node =
                new PersistentNode(owner, CreateMode.EPHEMERAL, false, PATH, Scenario.bytes("address"));
            node.start();
            Scenario.check(node.waitForInitialCreate(10, TimeUnit.SECONDS), "it is created");
            long session = owner.getZookeeperClient().getZooKeeper().getSessionId();
            Scenario.checkEqual(session, other.checkExists().forPath(PATH).getEphemeralOwner(), "its owner");

            other.delete().forPath(PATH);
            awaitOwner(owner, other);
            scenario.restartServer();
            awaitOwner(owner, other);
            scenario.expire(owner);
            Scenario.await("a new session", () -> owner.getZookeeperClient().getZooKeeper().getSessionId() != session);
            awaitOwner(owner, other);
            node.close();
            Scenario.await("it is gone when it is closed", () -> other.checkExists().forPath(PATH) == null);
        });
    }

    private static void awaitOwner(CuratorFramework owner, CuratorFramework other) throws Exception {
        Scenario.await("it is there and its owner's", () -> {
            var stat = other.checkExists().forPath(PATH);
            return stat != null
                && stat.getEphemeralOwner() == owner.getZookeeperClient().getZooKeeper().getSessionId()
                && Scenario.text(other.getData().forPath(PATH)).equals("address");
        });
    }
}
