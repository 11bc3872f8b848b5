import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;

/** PersistentTtlNode: its owner refreshes it through a restart, and others find it there. */
final class TtlNodeIsKept {
    private static final String PATH = "/ttl-node";
    private static final long TTL_MS = 3_000;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework owner = scenario.client();
            CuratorFramework other = scenario.client();
            PersistentTtlNode node = new PersistentTtlNode(owner, PATH, TTL_MS, Scenario.bytes("address"));
            node.start();
            Scenario.check(node.waitForInitialCreate(10, TimeUnit.SECONDS), "it is created");
            Scenario.checkEqual("address", Scenario.text(other.getData().forPath(PATH)), "its data");
            awaitRefresh(other);
            scenario.restartServer();
            awaitRefresh(other);
            Scenario.checkEqual("address", Scenario.text(other.getData().forPath(PATH)), "its data after the restart");
            Scenario.checkEqual(0L, other.checkExists().forPath(PATH).getEphemeralOwner(), "its owner as clients see it");
            node.close();
        });
    }

    private static void awaitRefresh(CuratorFramework client) throws Exception {
        String touched = PATH + "/" + PersistentTtlNode.DEFAULT_CHILD_NODE_NAME;
        Scenario.await("it has a child that keeps it", () -> client.checkExists().forPath(touched) != null);
        int version = client.checkExists().forPath(touched).getVersion();
        Scenario.await("it is refreshed", () -> {
            var stat = client.checkExists().forPath(touched);
            return stat != null && stat.getVersion() > version;
        });
    }
}
