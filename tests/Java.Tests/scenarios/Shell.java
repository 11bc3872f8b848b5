import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ZooKeeperMain;
import org.apache.zookeeper.util.ServiceUtils;

/**
 * ZooKeeper's own shell, given the lines of a file: each is printed before what it prints, its events included.
 */
final class Shell {
    private Shell() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // Before the shell is loaded, whose commands keep the stream that they find.
        System.setErr(System.out);
        ServiceUtils.setSystemExitProcedure(code -> System.out.println("exit " + code));
        Session session = new Session(arguments[0]);
        session.awaitEvents();
        for (String line : Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                System.out.println("> " + line);
                session.execute(line);
            }
        }
        System.out.println("> end");
        Runtime.getRuntime().halt(0);
    }

    /** The shell with one session at a time. */
    private static final class Session extends ZooKeeperMain {
        Session(String server) throws IOException, InterruptedException {
            super(new String[] {"-server", server, "-timeout", "20000", "-waitforconnection"});
        }

        void execute(String line) throws InterruptedException {
            try {
                executeLine(line);
            } catch (InterruptedException interrupted) {
                throw interrupted;
            } catch (Exception failure) {
                System.out.println(failure);
            }
            awaitEvents();
        }

        /** Waits until all events that came before the answer to one more request have been printed. */
        void awaitEvents() throws InterruptedException {
            if (zk == null || !zk.getState().isAlive()) {
                return;
            }
            CountDownLatch answered = new CountDownLatch(1);
            zk.exists("/", false, (result, path, context, stat) -> answered.countDown(), null);
            if (!answered.await(15, TimeUnit.SECONDS)) {
                System.out.println("no answer");
            }
        }
    }
}
