import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;

/** CuratorCache: two caches, fed by persistent recursive watches, follow a tree through a restart. */
final class CachesFollow {
    private static final String ROOT = "/curator-cache";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework writer = scenario.client();
            CuratorFramework reader = scenario.client();
            writer.create().forPath(ROOT, Scenario.bytes("root"));
            writer.create().forPath(ROOT + "/before", Scenario.bytes("1"));
            ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
            CuratorCache watching = CuratorCache.build(reader, ROOT);
            watching.listenable().addListener((type, before, after) ->
                events.add(type + " " + (after == null ? before : after).getPath()));
            watching.start();
            CuratorCache own = CuratorCache.build(writer, ROOT);
            own.start();
            List<CuratorCache> caches = List.of(watching, own);
            awaitSame(writer, caches);

            events.clear();
            writer.create().creatingParentsIfNeeded().forPath(ROOT + "/a/b/c", Scenario.bytes("2"));
            writer.setData().forPath(ROOT + "/a/b/c", Scenario.bytes("3"));
            writer.delete().forPath(ROOT + "/before");
            awaitSame(writer, caches);
            for (String event : List.of(
                    "NODE_CREATED " + ROOT + "/a", "NODE_CREATED " + ROOT + "/a/b/c",
                    "NODE_DELETED " + ROOT + "/before")) {
                Scenario.await(event, () -> events.contains(event));
            }

            scenario.restartServer();
            writer.setData().forPath(ROOT + "/a", Scenario.bytes("4"));
            writer.delete().deletingChildrenIfNeeded().forPath(ROOT + "/a/b");
            for (int i = 0; i < 20; i++) {
                writer.create().forPath(ROOT + "/a/many-" + i, Scenario.bytes("5"));
            }
            awaitSame(writer, caches);
            watching.close();
            own.close();
        });
    }

    private static void awaitSame(CuratorFramework client, List<CuratorCache> caches) throws Exception {
        Map<String, String> expected = new TreeMap<>();
        Trees.read(client, ROOT, expected);
        for (CuratorCache cache : caches) {
            Scenario.await("a cache is as the tree is: " + expected, () -> {
                Map<String, String> seen = new TreeMap<>();
                cache.stream().forEach((ChildData node) -> seen.put(node.getPath(), Scenario.text(node.getData())));
                return seen.equals(expected);
            });
        }
    }
}
