using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>How many connections an address may have.</summary>
public sealed class ConnectionLimitTests
{
    private const int Most = 5;

    [SiloFact(Timeout = 180_000)]
    public async Task Connections_above_the_limit_are_closed_and_the_others_go_on()
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--max-client-connections", $"{Most}"] });
        for (int round = 0; round < 3; round++)
        {
            var clients = new List<RawZooKeeperClient>();
            for (int i = 0; i < Most; i++)
                clients.Add(await ConnectWhenThereIsRoomAsync(silo));
            for (int i = 0; i < 20; i++)
            {
                using var wire = await WireConnection.OpenAsync(silo.ClientEndPoint);
                await wire.ExpectCloseAsync();
            }

            foreach (var client in clients)
                Assert.True((await client.ExistsAsync("/")).IsOk);

            // The place of one that is gone is free, however it went.
            clients[0].Disconnect();
            await using (var replacement = await ConnectWhenThereIsRoomAsync(silo))
                await replacement.CloseSessionAsync();
            foreach (var client in clients.Skip(1))
                await client.CloseSessionAsync();
            foreach (var client in clients)
                await client.DisposeAsync();
        }
    }

    // A connection's end is seen a little later than its successor's beginning.
    private static async Task<RawZooKeeperClient> ConnectWhenThereIsRoomAsync(SiloProcess silo)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
            }
            catch (ConnectionLostException) when (attempt < 2400)
            {
                await Task.Delay(25);
            }
        }
    }
}
