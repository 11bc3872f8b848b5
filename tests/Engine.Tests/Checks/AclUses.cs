using System.Collections;
using System.Reflection;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Checks;

/// <summary>Checks that the table of ACLs keeps each list once, for as long as a znode has it.</summary>
internal static class AclUses
{
    public static void Check(AclTable table, IEnumerable<Znode> znodes)
    {
        var used = znodes.Where(node => node.AclId != AclTable.OpenId)
            .GroupBy(node => node.AclId).ToDictionary(group => group.Key, group => group.Count());
        // The counts are nobody's business but the table's, and a leak shows nowhere else.
        var slots = Field<IList>(table, "_slots");
        for (int id = 1; id < slots.Count; id++)
        {
            int uses = (int)slots[id]!.GetType().GetProperty("Uses")!.GetValue(slots[id])!;
            Assert.Equal(used.GetValueOrDefault(id), uses);
        }
        Assert.Equal(used.Count, Field<Dictionary<byte[], int>>(table, "_ids").Count);
        Assert.Equal(slots.Count - 1 - used.Count, Field<Stack<int>>(table, "_free").Count);
        foreach (int id in used.Keys)
            Assert.Equal(AclTable.Encode(table[id]), table.EncodedOf(id));
    }

    private static T Field<T>(AclTable table, string name) =>
        (T)typeof(AclTable).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(table)!;
}
