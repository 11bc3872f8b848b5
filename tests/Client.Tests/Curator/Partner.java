import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicValue;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.queue.DistributedDelayQueue;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.shared.SharedValue;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.CreateMode;

/** Does with Curator's recipes what it is told on its standard input, a line each, and answers each with a line. */
final class Partner {
    private static final long LONGEST_WAIT_S = 20;

    private final CuratorFramework client;
    private final Map<String, InterProcessMutex> mutexes = new HashMap<>();
    private final Map<String, InterProcessReadWriteLock> both = new HashMap<>();
    private final Map<String, ArrayDeque<Lease>> leases = new HashMap<>();
    private final Map<String, LeaderLatch> latches = new HashMap<>();
    private final Map<String, DistributedDoubleBarrier> barriers = new HashMap<>();
    private final Map<String, DistributedQueue<String>> queues = new HashMap<>();
    private final Map<String, GroupMember> members = new HashMap<>();
    private final Map<String, Turn> turns = new HashMap<>();
    private final Map<String, SharedValue> values = new HashMap<>();
    private final Map<String, PersistentNode> nodes = new HashMap<>();
    private final BlockingQueue<String> consumed = new LinkedBlockingQueue<>();

    private Partner(CuratorFramework client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.newClient(arguments[0], 10_000, 10_000, new RetryNTimes(100, 100));
        client.start();
        Partner partner = new Partner(client);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String answer;
            try {
                answer = partner.answer(line.split(" "));
            } catch (Exception exception) {
                answer = "failed " + exception;
            }
            System.out.println(answer);
        }
        client.close();
    }

    private String answer(String[] words) throws Exception {
        String path = words[1];
        switch (words[0]) {
            case "lock":
                return "" + mutexes.computeIfAbsent(path, each -> new InterProcessMutex(client, each))
                    .acquire(Long.parseLong(words[2]), TimeUnit.MILLISECONDS);
            case "unlock":
                mutexes.get(path).release();
                return "done";
            case "read":
                return "" + rw(path).readLock().acquire(Long.parseLong(words[2]), TimeUnit.MILLISECONDS);
            case "unread":
                rw(path).readLock().release();
                return "done";
            case "write":
                return "" + rw(path).writeLock().acquire(Long.parseLong(words[2]), TimeUnit.MILLISECONDS);
            case "unwrite":
                rw(path).writeLock().release();
                return "done";
            case "lease":
                Lease lease = new InterProcessSemaphoreV2(client, path, Integer.parseInt(words[2]))
                    .acquire(Long.parseLong(words[3]), TimeUnit.MILLISECONDS);
                if (lease != null) {
                    leases.computeIfAbsent(path, each -> new ArrayDeque<>()).add(lease);
                }
                return "" + (lease != null);
            case "return":
                leases.get(path).remove().close();
                return "done";
            case "stand":
                LeaderLatch latch = new LeaderLatch(client, path, words[2]);
                latches.put(path, latch);
                latch.start();
                return "done";
            case "lead":
                return "" + latches.get(path).await(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "leader":
                return latches.get(path).getLeader().getId();
            case "resign":
                latches.get(path).close();
                return "done";
            case "contend":
                Turn turn = new Turn();
                LeaderSelector selector = new LeaderSelector(client, path, turn);
                selector.setId(words[2]);
                turns.put(path, turn);
                selector.start();
                return "done";
            case "turn":
                return "" + turns.get(path).begun.await(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "end":
                turns.get(path).over.countDown();
                return "done";
            case "change":
                return "" + new DistributedAtomicValue(client, path, new RetryNTimes(10, 10))
                    .trySet(words[2].getBytes(StandardCharsets.UTF_8)).succeeded();
            case "share":
                SharedValue value = new SharedValue(client, path, new byte[0]);
                values.put(path, value);
                value.start();
                return "done";
            case "shared":
                return new String(values.get(path).getValue(), StandardCharsets.UTF_8);
            case "reshare":
                return "" + values.get(path).trySetValue(
                    values.get(path).getVersionedValue(), words[2].getBytes(StandardCharsets.UTF_8));
            case "keep":
                PersistentNode node = new PersistentNode(
                    client, CreateMode.EPHEMERAL, false, path, words[2].getBytes(StandardCharsets.UTF_8));
                nodes.put(path, node);
                node.start();
                return "" + node.waitForInitialCreate(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "leave-off":
                nodes.get(path).close();
                return "done";
            case "delay":
                DistributedDelayQueue<String> delaying = QueueBuilder.<String>builder(client, null, new Text(), path)
                    .putInBackground(false).buildDelayQueue();
                delaying.start();
                delaying.put(words[3], System.currentTimeMillis() + Long.parseLong(words[2]));
                return "done";
            case "add":
                return "" + new DistributedAtomicLong(client, path, new RetryNTimes(10, 10))
                    .add(Long.parseLong(words[2])).postValue();
            case "set":
                new DistributedBarrier(client, path).setBarrier();
                return "done";
            case "lift":
                new DistributedBarrier(client, path).removeBarrier();
                return "done";
            case "wait":
                return "" + new DistributedBarrier(client, path).waitOnBarrier(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "enter":
                DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(client, path, Integer.parseInt(words[2]));
                barriers.put(path, barrier);
                return "" + barrier.enter(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "leave":
                return "" + barriers.get(path).leave(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "put":
                DistributedQueue<String> queue = QueueBuilder.<String>builder(client, null, new Text(), path)
                    .putInBackground(false).buildQueue();
                queue.start();
                queue.put(words[3]);
                return "done";
            case "prefer":
                DistributedPriorityQueue<String> preferring = QueueBuilder.<String>builder(client, null, new Text(), path)
                    .putInBackground(false).buildPriorityQueue(1);
                preferring.start();
                preferring.put(words[3], Integer.parseInt(words[2]));
                return "done";
            case "consume":
                DistributedQueue<String> consuming = QueueBuilder.builder(client, new Collector(), new Text(), path)
                    .lockPath(words[2]).buildQueue();
                queues.put(path, consuming);
                consuming.start();
                return "done";
            case "consumed":
                return consumed.poll(LONGEST_WAIT_S, TimeUnit.SECONDS);
            case "join":
                GroupMember member = new GroupMember(client, path, words[2], words[3].getBytes(StandardCharsets.UTF_8));
                members.put(path, member);
                member.start();
                return "done";
            case "members":
                return String.join(",", members.get(path).getCurrentMembers().keySet().stream().sorted().toList());
            default:
                return "unknown";
        }
    }

    private InterProcessReadWriteLock rw(String path) {
        return both.computeIfAbsent(path, each -> new InterProcessReadWriteLock(client, each));
    }

    /** Leads once, until it is told to end. */
    private static final class Turn extends LeaderSelectorListenerAdapter {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch over = new CountDownLatch(1);

        @Override
        public void takeLeadership(CuratorFramework of) throws InterruptedException {
            begun.countDown();
            over.await();
        }
    }

    private final class Collector implements QueueConsumer<String> {
        @Override
        public void consumeMessage(String message) {
            consumed.add(message);
        }

        @Override
        public void stateChanged(CuratorFramework of, ConnectionState state) {
            // The test tells by itself.
        }
    }

    private static final class Text implements QueueSerializer<String> {
        @Override
        public byte[] serialize(String item) {
            return item.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String deserialize(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
