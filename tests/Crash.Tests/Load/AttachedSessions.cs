using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests.Load;

/// <summary>The writers' sessions, kept alive while they do not write.</summary>
internal sealed class AttachedSessions : IAsyncDisposable
{
    private readonly List<RawZooKeeperClient> _clients = [];

    private AttachedSessions()
    {
    }

    /// <summary>Attaches every session that a writer has; each must still be there.</summary>
    internal static async Task<AttachedSessions> AttachAsync(IPEndPoint server, IEnumerable<Writer> writers)
    {
        var sessions = new AttachedSessions();
        try
        {
            foreach (var session in writers.Select(writer => writer.Session).Where(session => session.SessionId != 0))
                sessions._clients.Add(await AttachAsync(server, session));

            return sessions;
        }
        catch
        {
            await sessions.DisposeAsync();
            throw;
        }
    }

    private static async Task<RawZooKeeperClient> AttachAsync(IPEndPoint server, ConnectParameters session)
    {
        try
        {
            var client = await RawZooKeeperClient.ConnectAsync(server, session);
            client.KeepAlive(session.SessionTimeout / 4);
            return client;
        }
        catch (ConnectionLostException exception)
        {
            // So a server answers to a client that has seen more than it has.
            Assert.Fail(
                $"the session 0x{session.SessionId:x}, which has seen the zxid 0x{session.LastZxidSeen:x}, is refused: "
                + exception.Message);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
    }
}
