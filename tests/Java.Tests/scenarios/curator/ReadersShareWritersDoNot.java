import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;

/** InterProcessReadWriteLock: readers share it, a writer waits for them through a restart, and then keeps them out. */
final class ReadersShareWritersDoNot {
    private static final String PATH = "/read-write-lock";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            CuratorFramework third = scenario.client();
            InterProcessReadWriteLock first = new InterProcessReadWriteLock(one, PATH);
            InterProcessReadWriteLock second = new InterProcessReadWriteLock(other, PATH);
            InterProcessReadWriteLock writer = new InterProcessReadWriteLock(third, PATH);
            first.readLock().acquire();
            Scenario.check(second.readLock().acquire(5, TimeUnit.SECONDS), "two readers share the lock");
            Scenario.check(!writer.writeLock().acquire(300, TimeUnit.MILLISECONDS), "readers keep a writer out");
            Future<Boolean> writing = scenario.start(() -> {
                boolean acquired = writer.writeLock().acquire(20, TimeUnit.SECONDS);
                // Whoever writes may read too, and may go on reading.
                writer.readLock().acquire();
                writer.writeLock().release();
                return acquired;
            });
            Scenario.await("the writer waits", () -> writer.writeLock().getParticipantNodes().size() == 1);
            first.readLock().release();
            scenario.restartServer();
            Scenario.check(!writing.isDone(), "one reader is enough to keep a writer out");
            Scenario.check(!first.readLock().acquire(300, TimeUnit.MILLISECONDS), "no reader overtakes a writer");
            second.readLock().release();
            Scenario.check(Scenario.finish(writing), "the writer gets it when the readers are gone");
            Scenario.check(first.readLock().acquire(5, TimeUnit.SECONDS), "a writer that now reads lets readers in");
            Scenario.check(!second.writeLock().acquire(300, TimeUnit.MILLISECONDS), "and writers not");
            first.readLock().release();
        });
    }
}
