import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;

/** InterProcessSemaphoreV2: two leases for three clients, kept through a restart, and freed by the end of a session. */
final class SemaphoreLimits {
    private static final String PATH = "/semaphore";
    private static final int LEASES = 2;

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            CuratorFramework third = scenario.client();
            InterProcessSemaphoreV2 wanted = new InterProcessSemaphoreV2(third, PATH, LEASES);
            Lease first = new InterProcessSemaphoreV2(one, PATH, LEASES).acquire();
            new InterProcessSemaphoreV2(other, PATH, LEASES).acquire();
            Scenario.check(wanted.acquire(300, TimeUnit.MILLISECONDS) == null, "there is no third lease");
            Future<Lease> waiter = scenario.start(() -> wanted.acquire(20, TimeUnit.SECONDS));
            Thread.sleep(200);
            scenario.restartServer();
            Scenario.check(!waiter.isDone(), "leases are kept through a restart");
            first.close();
            Lease handedOn = Scenario.finish(waiter);
            Scenario.check(handedOn != null, "a lease given back goes to the waiter");
            Scenario.checkEqual(LEASES, wanted.getParticipantNodes().size(), "leases");
            // The other client closes its session and never gives its lease back.
            other.close();
            Lease fourth = wanted.acquire(15, TimeUnit.SECONDS);
            Scenario.check(fourth != null, "the lease of a closed session is free");
            wanted.returnLease(handedOn);
            wanted.returnLease(fourth);
            Scenario.check(wanted.getParticipantNodes().isEmpty(), "nobody is left");
        });
    }
}
