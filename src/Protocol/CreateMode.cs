namespace Coordination.Protocol;

/// <summary>The kind of znode to create: the <c>flags</c> of a create request.</summary>
public enum CreateMode
{
    /// <summary>Stays until it is deleted.</summary>
    Persistent = 0,

    /// <summary>Goes with its session.</summary>
    Ephemeral = 1,

    /// <summary>Stays, with a suffix that counts the parent's creates.</summary>
    PersistentSequential = 2,

    /// <summary>Goes with its session, with a suffix that counts the parent's creates.</summary>
    EphemeralSequential = 3,

    /// <summary>A container, where the operation is createContainer; what a plain create makes of it just stays.</summary>
    Container = 4,

    /// <summary>Goes when it was not set for its time to live and has no children.</summary>
    PersistentWithTimeToLive = 5,

    /// <summary>As <see cref="PersistentWithTimeToLive"/>, with a suffix that counts the parent's creates.</summary>
    PersistentSequentialWithTimeToLive = 6,
}
