using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests;

/// <summary>The operations that sequences do not have yet: with them, a run against ZooKeeper 3.8 did not end.</summary>
internal static class AbsentOperations
{
    public static HashSet<OperationCode> All { get; } =
    [
        OperationCode.MultiRead, OperationCode.GetEphemerals, OperationCode.GetAllChildrenNumber, OperationCode.WhoAmI,
    ];
}
