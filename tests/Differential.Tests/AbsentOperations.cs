using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests;

/// <summary>The operations that docs/differences.md says are not there yet.</summary>
internal static class AbsentOperations
{
    private static readonly OperationCode[] s_notThereYet =
    [
        OperationCode.MultiRead, OperationCode.GetEphemerals, OperationCode.GetAllChildrenNumber, OperationCode.WhoAmI,
    ];

    /// <summary>Those that the server at hand does not know indeed. One that it knows is tried, listed or not.</summary>
    public static async Task<HashSet<OperationCode>> FindAsync(IPEndPoint server)
    {
        var absent = new HashSet<OperationCode>();
        foreach (var operation in s_notThereYet)
        {
            if (await IsUnknownAsync(server, operation))
                absent.Add(operation);
        }

        return absent;
    }

    private static async Task<bool> IsUnknownAsync(IPEndPoint server, OperationCode operation)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(server);
        return operation switch
        {
            OperationCode.MultiRead => IsUnknown(await client.MultiReadAsync(MultiOperation.GetData("/nowhere"))),
            OperationCode.GetEphemerals => IsUnknown(await client.GetEphemeralsAsync("/nowhere")),
            OperationCode.GetAllChildrenNumber => IsUnknown(await client.GetAllChildrenNumberAsync("/nowhere")),
            _ => IsUnknown(await client.WhoAmIAsync()),
        };
    }

    private static bool IsUnknown<T>(Reply<T> reply) => reply.Error == ErrorCode.Unimplemented;
}
