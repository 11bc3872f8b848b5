using System.Net;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Client.Tests.Sessions;

/// <summary>Ends a session behind its client's back, as a server does when it expires.</summary>
internal static class SessionThief
{
    /// <param name="proxy">What the client is connected by: it must not take the session back meanwhile.</param>
    /// <param name="server">The server.</param>
    /// <param name="session">The session.</param>
    public static async Task EndAsync(TcpProxy proxy, IPEndPoint server, ClientSession session)
    {
        proxy.Refuse();
        await using var thief = await RawZooKeeperClient.ConnectAsync(server, new ConnectParameters
        {
            SessionId = session.Id,
            Password = session.Password.ToArray(),
            SessionTimeout = session.Timeout,
        });
        await thief.CloseSessionAsync();
        proxy.Restore();
    }
}
