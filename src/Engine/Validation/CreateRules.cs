using Coordination.Engine.Requests;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Validation;

/// <summary>What a create's mode, operation and time to live must be of one another, and make together.</summary>
internal static class CreateRules
{
    /// <summary>ZooKeeper's <c>validateCreateRequest</c>.</summary>
    /// <param name="create">The request.</param>
    /// <param name="takesTimeToLive">Whether znodes may have a time to live.</param>
    public static ErrorCode CheckMode(CreateOperation create, bool takesTimeToLive)
    {
        if (create.Flags is < (int)CreateMode.Persistent or > (int)CreateMode.PersistentSequentialWithTimeToLive)
            return ErrorCode.BadArguments;
        if (!HasTimeToLive(create))
            return create.TimeToLive is null ? ErrorCode.Ok : ErrorCode.BadArguments;
        if (!takesTimeToLive)
            return ErrorCode.Unimplemented;
        return create.TimeToLive is > 0 and <= OwnerMark.MostTimeToLive ? ErrorCode.Ok : ErrorCode.BadArguments;
    }

    public static bool IsSequential(CreateOperation create) => (CreateMode)create.Flags
        is CreateMode.PersistentSequential or CreateMode.EphemeralSequential or CreateMode.PersistentSequentialWithTimeToLive;

    // What createContainer makes is a container, even where its mode says that it should go with its session.
    public static bool IsEphemeral(CreateOperation create) =>
        (CreateMode)create.Flags is CreateMode.Ephemeral or CreateMode.EphemeralSequential && !create.IsContainer;

    /// <summary>What the znode's owner field is to say.</summary>
    public static long OwnerOf(CreateOperation create, Caller caller)
    {
        if (create.IsContainer)
            return OwnerMark.Container;
        if (HasTimeToLive(create))
            return OwnerMark.OfTimeToLive(create.TimeToLive!.Value);
        return IsEphemeral(create) ? caller.SessionId : 0;
    }

    private static bool HasTimeToLive(CreateOperation create) => (CreateMode)create.Flags
        is CreateMode.PersistentWithTimeToLive or CreateMode.PersistentSequentialWithTimeToLive;
}
