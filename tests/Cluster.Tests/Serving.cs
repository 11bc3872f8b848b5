using Coordination.Testing.RawProtocol;

namespace Coordination.Cluster.Tests;

/// <summary>Whether a silo serves a client.</summary>
internal static class Serving
{
    /// <summary>Asks for a read, now.</summary>
    /// <returns>Whether it is answered within a time.</returns>
    internal static async Task<bool> IsAnsweredAsync(RawZooKeeperClient client, TimeSpan patience)
    {
        try
        {
            return (await client.ExistsAsync("/").WaitAsync(patience)).IsOk;
        }
        catch (Exception e) when (e is ConnectionLostException or TimeoutException)
        {
            return false;
        }
    }
}
