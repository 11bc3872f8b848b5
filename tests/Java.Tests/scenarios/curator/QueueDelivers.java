import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.state.ConnectionState;

/** DistributedQueue: what one client puts another takes, in order, once, and through restarts. */
final class QueueDelivers {
    private static final String PATH = "/queue";
    private static final int ITEMS = 40;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework producing = scenario.client();
            CuratorFramework consuming = scenario.client();
            ConcurrentLinkedQueue<String> taken = new ConcurrentLinkedQueue<>();
            DistributedQueue<String> producer =
                QueueBuilder.builder(producing, null, new Text(), PATH).buildQueue();
            producer.start();
            DistributedQueue<String> consumer = consume(consuming, taken);
            List<String> put = put(producer, "before");
            awaitTaken(put, taken);
            // Not while it takes an item: Curator does not know again a lock that it made as the connection was lost.
            scenario.restartServer();
            awaitTaken(put(producer, "after"), taken);

            consumer.close();
            put = put(producer, "kept");
            scenario.restartServer();
            put.addAll(put(producer, "more"));
            consumer = consume(consuming, taken);
            awaitTaken(put, taken);
            Scenario.await("nothing is left", () -> consuming.getChildren().forPath(PATH).isEmpty());
            consumer.close();
            producer.close();
        });
    }

    private static DistributedQueue<String> consume(CuratorFramework client, ConcurrentLinkedQueue<String> taken)
            throws Exception {
        DistributedQueue<String> consumer = QueueBuilder.builder(client, new Consumer(taken), new Text(), PATH)
            .lockPath("/queue-locks")
            .buildQueue();
        consumer.start();
        return consumer;
    }

    private static void awaitTaken(List<String> expected, ConcurrentLinkedQueue<String> taken) throws Exception {
        Scenario.await("all is taken", () -> taken.size() >= expected.size());
        Scenario.checkEqual(expected, new ArrayList<>(taken), "what was taken, in order");
        taken.clear();
    }

    private static List<String> put(DistributedQueue<String> queue, String name) throws Exception {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            String item = name + "-" + i;
            queue.put(item);
            items.add(item);
        }
        Scenario.check(queue.flushPuts(20, TimeUnit.SECONDS), "the puts are done");
        return items;
    }

    private static final class Text implements QueueSerializer<String> {
        @Override
        public byte[] serialize(String item) {
            return Scenario.bytes(item);
        }

        @Override
        public String deserialize(byte[] bytes) {
            return Scenario.text(bytes);
        }
    }

    private static final class Consumer implements QueueConsumer<String> {
        private final ConcurrentLinkedQueue<String> taken;

        Consumer(ConcurrentLinkedQueue<String> taken) {
            this.taken = taken;
        }

        @Override
        public void consumeMessage(String item) {
            taken.add(item);
        }

        @Override
        public void stateChanged(CuratorFramework client, ConnectionState state) {
        }
    }
}
