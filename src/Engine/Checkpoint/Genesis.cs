using Coordination.Engine.Log;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Checkpoint;

/// <summary>What stands in the tree before the first entry: what a fresh ZooKeeper has, to the last field of Stat, and the
/// list of extensions.</summary>
public static class Genesis
{
    /// <summary>The state of a checkpoint that nothing was folded into.</summary>
    public static CheckpointState State { get; } = new(0, 0, 0, 0, LogFormat.CurrentLevel);

    /// <summary>The znodes, as rows to put, parents first.</summary>
    /// <param name="formatLevel">The level of the log that begins with them.</param>
    public static IEnumerable<ZnodeChange> Znodes(int formatLevel = LogFormat.CurrentLevel)
    {
        yield return Put("/"u8);
        yield return Put("/zookeeper"u8);
        // ZooKeeper makes this one with a Stat of -1 everywhere, of which the ACL's version stays.
        yield return Put("/zookeeper/config"u8, AclTable.Encode([Acl.ReadOnly]), aversion: -1);
        yield return Put(
            "/zookeeper/extensions"u8, AclTable.Encode([Acl.ReadOnly]), data: OfferedExtensions.ListAt(formatLevel));
        yield return Put("/zookeeper/quota"u8);
    }

    internal static ZnodeRecord RecordOf(ZnodeChange change) => new()
    {
        Path = change.Path.Span,
        Data = change.Data!.Value.Span,
        HasData = true,
        Acl = change.Acl.Span,
        Czxid = 0,
        Mzxid = 0,
        Pzxid = 0,
        Ctime = 0,
        Mtime = 0,
        Version = 0,
        Aversion = change.Aversion,
        CreatedChildren = 0,
        EphemeralOwner = 0,
    };

    private static ZnodeChange Put(ReadOnlySpan<byte> path, byte[]? acl = null, int aversion = 0, byte[]? data = null) => new()
    {
        Path = path.ToArray(),
        Kind = ZnodeChangeKind.Put,
        DataSet = true,
        Data = data ?? ReadOnlyMemory<byte>.Empty,
        AclSet = true,
        Acl = acl ?? [],
        Aversion = aversion,
        PzxidSet = true,
        CreatedChildrenSet = true,
    };
}
