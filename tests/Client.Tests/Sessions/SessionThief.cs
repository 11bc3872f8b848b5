using Coordination.Client.Tests.Networks;
using Coordination.Testing.RawProtocol;

namespace Coordination.Client.Tests.Sessions;

/// <summary>Ends a session behind its client's back, as a server does when it expires.</summary>
internal static class SessionThief
{
    /// <param name="network">What the client is connected by: it must not take the session back meanwhile.</param>
    /// <param name="session">The session.</param>
    public static async Task EndAsync(TestNetwork network, ClientSession session)
    {
        network.Refuse();
        await using var thief = await RawZooKeeperClient.ConnectAsync(network.Server, new ConnectParameters
        {
            SessionId = session.Id,
            Password = session.Password.ToArray(),
            SessionTimeout = session.Timeout,
        });
        await thief.CloseSessionAsync();
        network.Restore();
    }
}
