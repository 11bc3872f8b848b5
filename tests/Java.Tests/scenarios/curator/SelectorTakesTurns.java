import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;

/** LeaderSelector: three take turns at leading, never two at once, before a restart and after it. */
final class SelectorTakesTurns {
    private static final String PATH = "/leader-selector";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            Set<String> have = Collections.synchronizedSet(new HashSet<>());
            AtomicInteger leading = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            List<LeaderSelector> selectors = new ArrayList<>();
            for (String name : List.of("red", "green", "blue")) {
                CuratorFramework client = scenario.client();
                LeaderSelector selector = new LeaderSelector(client, PATH, new LeaderSelectorListenerAdapter() {
                    @Override
                    public void takeLeadership(CuratorFramework leader) throws Exception {
                        most.accumulateAndGet(leading.incrementAndGet(), Math::max);
                        try {
                            Thread.sleep(100);
                            have.add(name);
                        } finally {
                            leading.decrementAndGet();
                        }
                    }
                });
                selector.setId(name);
                selector.autoRequeue();
                selector.start();
                selectors.add(selector);
            }
            Scenario.await("all have led", () -> have.size() == 3);
            scenario.restartServer();
            have.clear();
            Scenario.await("all have led after the restart", () -> have.size() == 3);
            Scenario.checkEqual(1, most.get(), "most leaders at once");
            for (LeaderSelector selector : selectors) {
                selector.close();
            }
        });
    }
}
