import java.util.Map;
import org.apache.curator.framework.CuratorFramework;

/** Trees of znodes, read by plain requests. */
final class Trees {
    private Trees() {
    }

    /** Puts the data of a znode and of all below it under their paths. */
    static void read(CuratorFramework client, String path, Map<String, String> into) throws Exception {
        into.put(path, Scenario.text(client.getData().forPath(path)));
        for (String child : client.getChildren().forPath(path)) {
            read(client, path + "/" + child, into);
        }
    }
}
