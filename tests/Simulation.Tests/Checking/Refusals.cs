using System.Text;
using Coordination.Engine.Requests;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Clients;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>Whether a refusal is right, as of the zxid that it names.</summary>
internal static class Refusals
{
    /// <summary>Whether an error says something of the write, rather than of the session, or of the log.</summary>
    public static bool AreOfTheWrite(ErrorCode error) => error is not (ErrorCode.SystemError or ErrorCode.ConnectionLoss
        or ErrorCode.SessionExpired or ErrorCode.SessionMoved or ErrorCode.NotReadOnly);

    public static bool AreTrue(ReferenceHistory history, SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        var session = history.Sessions[client.SessionId];
        switch (answer.Error)
        {
            case ErrorCode.SystemError or ErrorCode.ConnectionLoss:
                return true;
            case ErrorCode.SessionExpired:
                return session.ClosedAt <= answer.Zxid;
            case ErrorCode.SessionMoved:
                return session.Attachments.Exists(zxid => zxid > client.AttachZxid && zxid <= answer.Zxid);
            case ErrorCode.WasRefused:
                return history.Writes.HasOvertaken(client.SessionId, request.Once.Number, answer.Zxid);
        }
        return ErrorOf(request.Operation!, path => history.At(path, answer.Zxid)) == answer.Error;
    }

    private static ErrorCode ErrorOf(WriteOperation operation, Func<string, PathVersion?> at)
    {
        switch (operation)
        {
            case CreateOperation create:
                string path = Encoding.UTF8.GetString(create.Path);
                var parent = at(path[..path.LastIndexOf('/')]);
                if (path.LastIndexOf('/') > 0 && parent is not { Exists: true })
                    return ErrorCode.NoNode;
                return at(path) is { Exists: true } ? ErrorCode.NodeExists : ErrorCode.Ok;
            case SetDataOperation set:
                return VersionError(at(Encoding.UTF8.GetString(set.Path)), set.Version);
            case CheckOperation check:
                return VersionError(at(Encoding.UTF8.GetString(check.Path)), check.Version);
            case DeleteOperation delete:
                var error = VersionError(at(Encoding.UTF8.GetString(delete.Path)), delete.Version);
                if (error != ErrorCode.Ok)
                    return error;
                return at(Encoding.UTF8.GetString(delete.Path))!.ChildCount > 0 ? ErrorCode.NotEmpty : ErrorCode.Ok;
            case MultiOperation multi:
                // The workload's multis touch no znode twice.
                return multi.Operations.Select(item => ErrorOf(item, at)).FirstOrDefault(item => item != ErrorCode.Ok);
            default:
                return ErrorCode.Ok;
        }
    }

    private static ErrorCode VersionError(PathVersion? znode, int expected) =>
        znode is not { Exists: true } ? ErrorCode.NoNode
        : expected != -1 && expected != znode.Version ? ErrorCode.BadVersion
        : ErrorCode.Ok;
}
