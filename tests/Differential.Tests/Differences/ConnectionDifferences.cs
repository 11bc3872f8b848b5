using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Differences;

/// <summary>Wanted differences in which connections end.</summary>
internal static class ConnectionDifferences
{
    /// <summary>ZooKeeper ends a session's connection for one who asks for the session, before it looks at the password.</summary>
    public static bool ExcuseWrongPassword(ItemPair pair)
    {
        if (pair.SaysTheSame || pair.Step is not AttachStep { Kind: AttachKind.WithWrongPasswordBeside })
            return false;
        bool found = pair.Theirs.RemoveAll(
            item => item.Kind == ItemKind.End && !pair.Ours.Exists(ours => ours.Says(item))) > 0;
        pair.LeavesDifferentStates |= found;
        return found;
    }

    /// <summary>Up to 3.9, anybody may delete a container that is empty, whatever its ACL.</summary>
    public static bool ExcuseDeleteContainer(ItemPair pair)
    {
        if (pair.Step is not DeleteContainerRequest || !EndsUnimplemented(pair.Ours))
            return false;
        TakeOurs(pair);
        return true;
    }

    /// <summary>Up to 3.8, check is answered outside of a multi too; later it is unknown there, which ends the connection.</summary>
    public static bool ExcuseLoneCheck(ItemPair pair)
    {
        if (pair.Step is not CheckRequest || !EndsUnimplemented(pair.Ours))
            return false;
        TakeOurs(pair);
        return true;
    }

    private static bool EndsUnimplemented(List<Item> items) =>
        items.Exists(item => item.Error == ErrorCode.Unimplemented) && items[^1].Kind == ItemKind.End;

    private static void TakeOurs(ItemPair pair)
    {
        pair.Theirs.Clear();
        pair.Theirs.AddRange(pair.Ours);
        pair.LeavesDifferentStates = true;
    }
}
