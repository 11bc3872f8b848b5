using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What kind of znode to create, and who may do what with it.</summary>
public sealed record CreateOptions
{
    private static readonly IReadOnlyList<Acl> _open = [Protocol.Acl.Open];

    /// <summary>Stays until it is deleted.</summary>
    public static CreateOptions Persistent { get; } = new();

    /// <summary>Goes with the session.</summary>
    public static CreateOptions Ephemeral { get; } = new() { Mode = CreateMode.Ephemeral };

    /// <summary>Stays; ten digits are appended to its name, which count the creates under its parent.</summary>
    public static CreateOptions PersistentSequential { get; } = new() { Mode = CreateMode.PersistentSequential };

    /// <summary>Goes with the session; ten digits are appended to its name, which count the creates under its parent.</summary>
    public static CreateOptions EphemeralSequential { get; } = new() { Mode = CreateMode.EphemeralSequential };

    /// <summary>Goes, some time after, when its last child has gone.</summary>
    public static CreateOptions Container { get; } = new() { Mode = CreateMode.Container };

    /// <summary>The kind.</summary>
    public CreateMode Mode { get; init; } = CreateMode.Persistent;

    /// <summary>The ACL; everybody may do everything where nothing is said.</summary>
    public IReadOnlyList<Acl> Acl { get; init; } = _open;

    /// <summary>How long a znode of one of the kinds with a time to live may stay without being set and without
    /// children. In milliseconds on the wire, from 1 ms to 34 years.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>A znode that goes when it was not set for that long and has no children.</summary>
    public static CreateOptions WithTimeToLive(TimeSpan timeToLive) =>
        new() { Mode = CreateMode.PersistentWithTimeToLive, TimeToLive = timeToLive };

    internal bool HasTimeToLive =>
        Mode is CreateMode.PersistentWithTimeToLive or CreateMode.PersistentSequentialWithTimeToLive;

    internal void Validate()
    {
        if (HasTimeToLive != TimeToLive is not null)
            throw new ArgumentException($"a time to live goes with the kinds that have one, and {Mode} was asked for");
        if (TimeToLive is { TotalMilliseconds: < 1 })
            throw new ArgumentException("a time to live is at least a millisecond");
    }
}
