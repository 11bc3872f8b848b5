import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.GroupMember;

/** GroupMember: members see each other, still after a restart, and see who leaves. */
final class GroupKnowsItsMembers {
    private static final String PATH = "/group";

    public static void main(String[] arguments) {
        Scenario.run(arguments, scenario -> {
            CuratorFramework one = scenario.client();
            CuratorFramework other = scenario.client();
            GroupMember red = new GroupMember(one, PATH, "red", Scenario.bytes("1"));
            GroupMember green = new GroupMember(other, PATH, "green", Scenario.bytes("2"));
            red.start();
            green.start();
            awaitMembers(red, Set.of("red", "green"));
            awaitMembers(green, Set.of("red", "green"));
            scenario.restartServer();
            red.setThisData(Scenario.bytes("3"));
            Scenario.await("data of another member", () -> "3".equals(Scenario.text(green.getCurrentMembers().get("red"))));
            red.close();
            awaitMembers(green, Set.of("green"));
            green.close();
        });
    }

    private static void awaitMembers(GroupMember member, Set<String> expected) throws Exception {
        Scenario.await("the members are " + expected, () -> member.getCurrentMembers().keySet().equals(expected));
    }
}
