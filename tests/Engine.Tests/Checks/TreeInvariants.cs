using System.Text;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Tests.Checks;

/// <summary>Checks what has to hold of every state, whatever led to it.</summary>
internal static class TreeInvariants
{
    public static void Check(CoordinationState state)
    {
        var all = new List<Znode>();
        Assert.Null(state.Tree.Root.Parent);
        Assert.Equal("/"u8, state.Tree.Root.GetPath());
        Walk(state.Tree, state.Tree.Root, all);
        Assert.Equal(all.Count, state.Tree.Count);
        Assert.Equal(all.Sum(node => (long)node.GetPath().Length + node.Data.Length), state.Tree.ApproximateDataSize);
        CheckEphemerals(state, all);
        CheckAttachments(state);
        AclUses.Check(state.Tree.Acls, all);
        Assert.All(all, node => Assert.True(node.Pzxid <= state.LastZxid && node.Mzxid <= state.LastZxid));
    }

    private static void Walk(ZnodeTree tree, Znode node, List<Znode> all)
    {
        all.Add(node);
        byte[] path = node.GetPath();
        Assert.Same(node, tree.Find(path));
        Assert.True(node.Parent is null || node.HasPath(path), Encoding.UTF8.GetString(path));
        Znode? before = null;
        int count = 0;
        foreach (var child in node.Children)
        {
            Assert.Same(node, child.Parent);
            Assert.True(before is null || before.Name.SequenceCompareTo(child.Name) < 0);
            Assert.True(child.Czxid <= node.Pzxid || child.Czxid == 0);
            before = child;
            count++;
            Walk(tree, child, all);
        }
        var stat = node.Stat;
        Assert.Equal(count, node.ChildCount);
        Assert.Equal(count, stat.NumChildren);
        Assert.Equal(unchecked((2 * node.CreatedChildren) - count), stat.Cversion);
        Assert.Equal(node.Data.Length, stat.DataLength);
        Assert.True(node.HasData || node.Data.IsEmpty);
        Assert.True(stat.Czxid <= stat.Mzxid && stat.Czxid <= stat.Pzxid && stat.Ctime <= stat.Mtime);
        Assert.False(stat.EphemeralOwner != 0 && count > 0, "an ephemeral has children");
    }

    private static void CheckEphemerals(CoordinationState state, List<Znode> all)
    {
        var vanishing = all.Where(node => OwnerMark.IsMark(node.Owner)).ToList();
        Assert.Equal(vanishing.Count, state.Vanishing.Count);
        var unused = new List<byte[]>();
        Assert.Equal(0, state.Vanishing.FindUnused(int.MaxValue, int.MaxValue, long.MaxValue, mostNeverUsed: 0, unused));
        Assert.Equal(
            vanishing.Where(node => VanishingZnodes.IsUnused(node, long.MaxValue, mostNeverUsed: 0)).Select(node => Encoding.UTF8.GetString(node.GetPath())).Order(),
            unused.Select(Encoding.UTF8.GetString).Order());
        var ephemerals = all.Where(node => node.EphemeralOwner != 0).ToList();
        Assert.Equal(ephemerals.Count, state.EphemeralCount);
        Assert.All(ephemerals, node => Assert.Contains(node, state.Sessions[node.EphemeralOwner].Ephemerals));
        Assert.Equal(ephemerals.Count, state.Sessions.Values.Sum(session => session.Ephemerals.Count));
    }

    private static void CheckAttachments(CoordinationState state)
    {
        Assert.Equal(
            state.Sessions.Values.GroupBy(session => session.Silo).Select(silo => (silo.Key, silo.Count())).Order(),
            state.SessionsBySilo.Select(silo => (silo.Silo, silo.Count)).Order());
        foreach (var silo in state.SessionsBySilo)
        {
            Assert.Same(silo, state.SessionsBySilo.Find(silo.Silo));
            var sessions = Enumerable.Range(0, silo.Count).Select(place => silo[place]).ToHashSet();
            Assert.Equal(silo.Count, sessions.Count);
            Assert.All(sessions, session => Assert.Same(session, state.Sessions[session.Id]));
            Assert.All(sessions, session => Assert.Equal(silo.Silo, session.Silo));
            Assert.InRange(silo.LastAttachZxid, sessions.Max(session => session.AttachZxid), state.LastZxid);
        }
    }
}
