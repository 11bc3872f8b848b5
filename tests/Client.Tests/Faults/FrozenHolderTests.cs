using System.Globalization;
using Coordination.Client.Recipes;

namespace Coordination.Client.Tests.Faults;

/// <summary>A holder whose process stood still while its lock went to another.</summary>
public sealed class FrozenHolderTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo, "lock")]
    [InlineData(ServerKind.ZooKeeper, "lock")]
    [InlineData(ServerKind.Silo, "master")]
    [InlineData(ServerKind.ZooKeeper, "master")]
    public async Task Who_wakes_too_late_writes_nothing_and_knows_it(ServerKind kind, string resource)
    {
        await using var server = await Servers.StartAsync(kind, TimeSpan.FromMilliseconds(300));
        var stores = new Dictionary<string, FencedStore> { [resource] = new() };
        var store = stores[resource];
        await using var contender = ContenderProcess.Start(0, server.HostAndPort, TimeSpan.FromMilliseconds(600), stores);
        using var timeout = new CancellationTokenSource(3 * Soon);
        // It holds it again and again: until it is frozen in the middle of a term, and has lost it.
        while (true)
        {
            string[] holds = await contender.Said.ReadAsync(timeout.Token);
            contender.Freeze();
            await using var client = await ConnectAsync(Options(server.HostAndPort));
            await using var handle = await new DistributedLock(client, $"/{resource}").AcquireAsync(timeout.Token);
            store.Hold(1, handle.FencingToken);
            Assert.True(store.Write(1, handle.FencingToken));
            int refused = store.Refused;
            contender.Thaw();
            string[]? lost = await LostAsync(contender, timeout.Token);
            Assert.True(handle.IsHeld);
            Assert.True(store.Write(1, handle.FencingToken));
            Assert.Empty(store.Violations);
            // It was between two terms, or at the end of one.
            if (lost is null)
                continue;
            Assert.True(store.Refused > refused);
            Assert.True(long.Parse(lost[2], CultureInfo.InvariantCulture) < handle.FencingToken);
            Assert.True(long.Parse(lost[2], CultureInfo.InvariantCulture) >= long.Parse(holds[2], CultureInfo.InvariantCulture));
            return;
        }
    }

    private static async Task<string[]?> LostAsync(ContenderProcess contender, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            string[] said;
            do
                said = await contender.Said.ReadAsync(patience.Token);
            while (said[0] != "lost");
            return said;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
