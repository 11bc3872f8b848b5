import java.util.Map;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.TreeCache;

/** TreeCache: fed by one-shot watches that are set again after a restart. */
final class TreeCacheFollows {
    private static final String ROOT = "/tree-cache";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework writer = scenario.client();
            CuratorFramework reader = scenario.client();
            writer.create().forPath(ROOT, Scenario.bytes("root"));
            writer.create().creatingParentsIfNeeded().forPath(ROOT + "/a/b/c", Scenario.bytes("1"));
            TreeCache cache = TreeCache.newBuilder(reader, ROOT).build();
            cache.start();
            awaitSame(writer, cache);
            writer.setData().forPath(ROOT + "/a/b/c", Scenario.bytes("2"));
            writer.create().forPath(ROOT + "/a/d", Scenario.bytes("3"));
            awaitSame(writer, cache);
            scenario.restartServer();
            writer.setData().forPath(ROOT + "/a/b/c", Scenario.bytes("4"));
            writer.delete().forPath(ROOT + "/a/d");
            writer.create().creatingParentsIfNeeded().forPath(ROOT + "/e/f", Scenario.bytes("5"));
            awaitSame(writer, cache);
            cache.close();
        });
    }

    private static void awaitSame(CuratorFramework client, TreeCache cache) throws Exception {
        Map<String, String> expected = new TreeMap<>();
        Trees.read(client, ROOT, expected);
        Scenario.await("the cache is as the tree is: " + expected, () -> {
            Map<String, String> seen = new TreeMap<>();
            collect(cache, ROOT, seen);
            return seen.equals(expected);
        });
    }

    private static void collect(TreeCache cache, String path, Map<String, String> into) {
        ChildData node = cache.getCurrentData(path);
        Map<String, ChildData> children = cache.getCurrentChildren(path);
        if (node == null || children == null) {
            return;
        }
        into.put(path, Scenario.text(node.getData()));
        for (String child : children.keySet()) {
            collect(cache, path + "/" + child, into);
        }
    }
}
