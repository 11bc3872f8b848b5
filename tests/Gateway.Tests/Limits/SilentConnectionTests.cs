using System.Diagnostics;
using Coordination.Gateway.Tests.Wire;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>Connections that never become sessions.</summary>
public sealed class SilentConnectionTests(LimitSilo silo) : IClassFixture<LimitSilo>
{
    [SiloFact(Timeout = 180_000)]
    public async Task Connection_without_a_whole_connect_frame_is_closed_after_ten_seconds()
    {
        byte[] connect = Frames.Connect();
        byte[][] beginnings = [[], connect[..3], connect[..4], connect[..^1], "ruo"u8.ToArray()];
        await using var client = await silo.ConnectAsync();
        client.KeepAlive(TimeSpan.FromSeconds(2));
        await Task.WhenAll(beginnings.Select(WaitForTheEndAsync));
        Assert.True((await client.ExistsAsync("/")).IsOk);
        await client.CloseSessionAsync();

        async Task WaitForTheEndAsync(byte[] beginning)
        {
            using var wire = await silo.OpenWireAsync();
            var opened = Stopwatch.StartNew();
            await wire.SendAsync(beginning);
            await wire.ExpectCloseAsync();
            Assert.InRange(opened.Elapsed.TotalSeconds, 9.9, 30);
        }
    }
}
