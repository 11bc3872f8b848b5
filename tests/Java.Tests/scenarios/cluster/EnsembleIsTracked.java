import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.server.quorum.QuorumPeer.QuorumServer;
import org.apache.zookeeper.server.quorum.flexible.QuorumVerifier;

/** A client that was told of one silo knows of all of them, follows their coming, and outlives the one that it was told of. */
final class EnsembleIsTracked {
    public static void main(String[] arguments) {
        Scenario.run(arguments, EnsembleIsTracked::play);
    }

    private static void play(Scenario scenario) throws Exception {
        CuratorFramework client = scenario.client();
        Scenario.await("two silos are known", () -> members(client.getCurrentConfig()).size() == 2);
        checkConnectionString(client, 2);
        long version = client.getCurrentConfig().getVersion();

        scenario.order("join");
        Scenario.await("the third is known", () -> members(client.getCurrentConfig()).size() == 3);
        checkConnectionString(client, 3);
        Scenario.check(client.getCurrentConfig().getVersion() > version, "a later configuration has a higher version");
        Scenario.checkEqual(3, client.getCurrentConfig().getVotingMembers().size(), "those who may lead");
        Scenario.check(
            Scenario.text(client.getConfig().forEnsemble()).contains(":participant;"), "getConfig tells what there is");

        try {
            client.reconfig().joining("server.9=127.0.0.1:2888:3888:participant;127.0.0.1:2181").forEnsemble();
            Scenario.check(false, "nobody is joined by a client");
        } catch (KeeperException.ReconfigDisabledException refused) {
            Scenario.checkEqual(KeeperException.Code.RECONFIGDISABLED, refused.code(), "why not");
        }

        client.create().forPath("/known");
        scenario.order("kill the first");
        Scenario.await("the client has found another", () -> client.checkExists().forPath("/known") != null);
        Scenario.await("the first is not known any more", () -> members(client.getCurrentConfig()).size() == 2);
    }

    private static TreeSet<String> members(QuorumVerifier config) {
        return config == null ? new TreeSet<>() : config.getAllMembers().values().stream()
            .map(EnsembleIsTracked::address).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String address(QuorumServer server) {
        return server.clientAddr.getHostString() + ":" + server.clientAddr.getPort();
    }

    // Curator replaces what it was given by what it reads.
    private static void checkConnectionString(CuratorFramework client, int size) throws Exception {
        Scenario.await("the client would connect to all of them", () -> {
            String connections = client.getZookeeperClient().getCurrentConnectionString();
            return connections.split(",").length == size && members(client.getCurrentConfig()).stream().allMatch(connections::contains);
        });
    }
}
