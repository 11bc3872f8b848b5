using Coordination.Client.Recipes;

namespace Coordination.Client.Hosting;

/// <summary>Locks by name.</summary>
/// <param name="client">The client.</param>
public sealed class DistributedLockFactory(ICoordinationClient client)
{
    /// <summary>The znode that the locks are below.</summary>
    public string Root { get; init; } = "/locks";

    /// <summary>The <see cref="DistributedLock.LockDelay"/> of the locks, an hour at most; none where nothing is said.</summary>
    public TimeSpan LockDelay { get; init; }

    /// <summary>The lock of a name. It is no effort to ask for it again.</summary>
    /// <param name="name">The name of the lock's znode, without a slash.</param>
    /// <param name="holder">What others can read of this contender.</param>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public DistributedLock Get(string name, string holder = "")
    {
        CheckName(name);
        return new DistributedLock(client, $"{Root}/{name}", holder) { LockDelay = LockDelay };
    }

    /// <summary>The lock of a name that many read under at a time, or one writes.</summary>
    /// <param name="name">The name of the lock's znode, without a slash.</param>
    public DistributedReadWriteLock GetReadWrite(string name)
    {
        CheckName(name);
        return new DistributedReadWriteLock(client, $"{Root}/{name}") { LockDelay = LockDelay };
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' is a path, and no name", nameof(name));
    }
}
