import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.ZooKeeper;

/** What every scenario needs: clients, a server that can be killed and started, and deadlines. */
final class Scenario {
    /** What one scenario does, given the scenario's means. */
    interface Play {
        void play(Scenario scenario) throws Exception;
    }

    private static final long LONGEST_WAIT_MS = 20_000;
    private static final long LONGEST_PLAY_MS = 70_000;
    private static final int SESSION_TIMEOUT_MS = 10_000;
    private static final int CONNECTION_TIMEOUT_MS = 10_000;

    private final String server;
    private final BufferedReader answers =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private final List<CuratorFramework> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    });

    private Scenario(String server) {
        this.server = server;
    }

    /** Runs a scenario against the server that the first argument names, and exits with 0 if it holds. */
    static void run(String[] arguments, Play play) {
        startWatchdog();
        Scenario scenario = new Scenario(arguments[0]);
        try {
            play.play(scenario);
            for (CuratorFramework client : scenario.clients) {
                client.close();
            }
            System.out.println("holds");
            System.exit(0);
        } catch (Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    /** A client of its own, with a session of its own. */
    CuratorFramework client() throws Exception {
        CuratorFramework client = CuratorFrameworkFactory.builder()
            .connectString(server)
            .sessionTimeoutMs(SESSION_TIMEOUT_MS)
            .connectionTimeoutMs(CONNECTION_TIMEOUT_MS)
            .retryPolicy(new RetryNTimes(100, 100))
            .build();
        clients.add(client);
        client.start();
        check(client.blockUntilConnected(20, TimeUnit.SECONDS), "a client connects");
        return client;
    }

    /** Kills the server, and returns when it has been started again and all clients are connected. */
    void restartServer() throws Exception {
        System.out.println("kill");
        String answer = answers.readLine();
        check("started".equals(answer), "the server is started again: " + answer);
        awaitConnections();
    }

    /** Has the test do something to the servers, and returns when it is done. */
    void order(String what) throws Exception {
        System.out.println(what);
        String answer = answers.readLine();
        check("done".equals(answer), what + ": " + answer);
    }

    /** Waits until all clients have a connection that works. */
    void awaitConnections() throws Exception {
        for (CuratorFramework client : clients) {
            client.checkExists().forPath("/");
            check(client.blockUntilConnected(20, TimeUnit.SECONDS), "a client connects again");
        }
    }

    /** Ends a client's session behind its back, as the server does when it expires. */
    void expire(CuratorFramework client) throws Exception {
        ZooKeeper victim = client.getZookeeperClient().getZooKeeper();
        ZooKeeper twin = new ZooKeeper(
            server, SESSION_TIMEOUT_MS, event -> { }, victim.getSessionId(), victim.getSessionPasswd());
        await("the twin of a session connects", () -> twin.getState() == ZooKeeper.States.CONNECTED);
        twin.close();
    }

    /** Does something on a thread of its own. */
    <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    /** The result of something started, which has to be there soon. */
    static <T> T finish(Future<T> work) throws Exception {
        return work.get(LONGEST_WAIT_MS, TimeUnit.MILLISECONDS);
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }

    static void checkEqual(Object expected, Object actual, String what) {
        check(expected.equals(actual), what + ": expected " + expected + ", got " + actual);
    }

    /** Waits for what has to come about. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MS);
        while (!condition.call()) {
            check(System.nanoTime() < deadline, what + ", within " + LONGEST_WAIT_MS + " ms");
            Thread.sleep(20);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void startWatchdog() {
        Thread watchdog = new Thread(() -> {
            try {
                Thread.sleep(LONGEST_PLAY_MS);
            } catch (InterruptedException interrupted) {
                return;
            }
            for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
                System.err.println(thread.getKey());
                for (StackTraceElement frame : thread.getValue()) {
                    System.err.println("    " + frame);
                }
            }
            System.err.println("the scenario hangs");
            Runtime.getRuntime().halt(3);
        });
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
