using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Client.Tests.Faults;

/// <summary>What it takes to end a session from elsewhere.</summary>
internal sealed record KnownSession(long Id, byte[] Password)
{
    /// <summary>Ends it.</summary>
    /// <returns>Whether one of the servers has done so.</returns>
    public async Task<bool> TryEndAsync(IEnumerable<IPEndPoint> servers, TimeSpan sessionTimeout)
    {
        foreach (var server in servers)
        {
            try
            {
                await using var thief = await RawZooKeeperClient.ConnectAsync(server, new ConnectParameters
                {
                    SessionId = Id,
                    Password = Password,
                    SessionTimeout = sessionTimeout,
                    ConnectTimeout = TimeSpan.FromSeconds(1),
                });
                await thief.CloseSessionAsync();
                return true;
            }
            catch (Exception exception) when (exception is ConnectionLostException or Testing.RawProtocol.SessionExpiredException or TimeoutException)
            {
                // The server is away, or the session is.
            }
        }
        return false;
    }
}
