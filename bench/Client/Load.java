import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** What Program.cs does, with ZooKeeper's own client: HOST:PORT get|set IN-FLIGHT SECONDS. */
final class Load {
    private static final String PATH = "/bench-client";
    private static final byte[] DATA = new byte[100];

    public static void main(String[] arguments) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(arguments[0], 10_000, event -> connected.countDown());
        connected.await();
        try {
            client.create(PATH, DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException exists) {
            client.setData(PATH, DATA, -1);
        }
        int inFlight = Integer.parseInt(arguments[2]);
        run(client, arguments[1], inFlight, 4_000);
        com.sun.management.OperatingSystemMXBean system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        long done = run(client, arguments[1], inFlight, Long.parseLong(arguments[3]) * 1000);
        double seconds = (System.nanoTime() - start) / 1e9;
        cpu = system.getProcessCpuTime() - cpu;
        System.out.printf("Java %s %d in flight: %.0f op/s, %.2f us CPU/op%n",
            arguments[1], inFlight, done / seconds, cpu / 1000.0 / done);
        System.exit(0);
    }

    private static long run(ZooKeeper client, String operation, int inFlight, long milliseconds) throws Exception {
        AtomicLong done = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(inFlight);
        long end = System.nanoTime() + milliseconds * 1_000_000;
        for (int i = 0; i < inFlight; i++) {
            next(client, operation, done, end, ended);
        }
        ended.await();
        return done.get();
    }

    private static void next(ZooKeeper client, String operation, AtomicLong done, long end, CountDownLatch ended) {
        if (System.nanoTime() > end) {
            ended.countDown();
            return;
        }
        if (operation.equals("get")) {
            client.getData(PATH, false, (code, path, context, data, stat) -> {
                done.incrementAndGet();
                next(client, operation, done, end, ended);
            }, null);
        } else {
            client.setData(PATH, DATA, -1, (code, path, context, stat) -> {
                done.incrementAndGet();
                next(client, operation, done, end, ended);
            }, null);
        }
    }
}
