using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>Orleans' own providers on the tables of a cluster.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private const string Keeping = "keeping";
    private const string Deleting = "deleting";

    private SiloCluster _cluster = null!;
    private IHost _host = null!;

    private string ConnectionString => $"{_cluster.Database.ConnectionString};Search Path={_cluster.Name}";

    public async Task InitializeAsync()
    {
        _cluster = await SiloCluster.StartAsync(new ClusterOptions { Silos = 1 });
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Take(), FreePort.Take());
            silo.UseAdoNetReminderService(options => (options.Invariant, options.ConnectionString) = ("Npgsql", ConnectionString));
            foreach (string storage in new[] { Keeping, Deleting })
            {
                silo.AddAdoNetGrainStorage(storage, options =>
                {
                    (options.Invariant, options.ConnectionString) = ("Npgsql", ConnectionString);
                    options.DeleteStateOnClear = storage == Deleting;
                });
            }
        });
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task RemindersAreKeptByGrainAndByRange()
    {
        var table = _host.Services.GetRequiredService<IReminderTable>();
        var grain = GrainId.Create("kind", "key");
        var start = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var entry = new ReminderEntry { GrainId = grain, ReminderName = "one", StartAt = start, Period = TimeSpan.FromMinutes(2) };
        string? first = await table.UpsertRow(entry);
        entry.Period = TimeSpan.FromDays(40);
        string? second = await table.UpsertRow(entry);
        Assert.NotEqual(first, second);

        var read = (await table.ReadRow(grain, "one"))!;
        Assert.Equal((grain, "one", start, TimeSpan.FromDays(40)), (read.GrainId, read.ReminderName, read.StartAt, read.Period));
        uint hash = grain.GetUniformHashCode();
        Assert.Single((await table.ReadRows(grain)).Reminders);
        Assert.Single((await table.ReadRows(hash - 1, hash)).Reminders);
        Assert.Empty((await table.ReadRows(hash, hash + 1)).Reminders);
        Assert.Single((await table.ReadRows(hash + 1, hash)).Reminders);
        Assert.Single((await table.ReadRows(0, 0)).Reminders);

        Assert.False(await table.RemoveRow(grain, "one", first!));
        Assert.True(await table.RemoveRow(grain, "one", second!));
        Assert.Null(await table.ReadRow(grain, "one"));
    }

    [Fact]
    public async Task StateIsKeptByGrain()
    {
        var storage = Storage(Keeping);
        var id = Guid.NewGuid();
        GrainId[] grains =
        [
            GrainId.Create("kind", "key"),
            GrainId.Create("kind", "another key"),
            GrainId.Create(GrainType.Create("kind"), GrainIdKeyExtensions.CreateIntegerKey(7)),
            GrainId.Create(GrainType.Create("kind"), GrainIdKeyExtensions.CreateIntegerKey(7, "extended")),
            GrainId.Create(GrainType.Create("kind"), GrainIdKeyExtensions.CreateGuidKey(id)),
            GrainId.Create(GrainType.Create("kind"), GrainIdKeyExtensions.CreateGuidKey(id, "extended")),
        ];
        foreach (var grain in grains)
        {
            Assert.False((await ReadAsync(storage, grain)).RecordExists);
            await storage.WriteStateAsync("kind", grain, new GrainState<GrainNotes> { State = new GrainNotes { Text = $"{grain}" } });
        }
        foreach (var grain in grains)
        {
            var read = await ReadAsync(storage, grain);
            Assert.Equal((true, $"{grain}"), (read.RecordExists, read.State!.Text));
            Assert.False((await ReadAsync(storage, grain, "another kind")).RecordExists);
        }
    }

    [Theory]
    [InlineData(Keeping)]
    [InlineData(Deleting)]
    public async Task StateIsChangedAndClearedOnlyByWhoKnowsItsVersion(string name)
    {
        var storage = Storage(name);
        var grain = GrainId.Create("kind", name);
        var state = new GrainState<GrainNotes> { State = new GrainNotes { Text = "first" } };
        await storage.WriteStateAsync("kind", grain, state);
        var stale = await ReadAsync(storage, grain);
        Assert.Equal((state.ETag, "first"), (stale.ETag, stale.State!.Text));
        state.State!.Text = "second";
        await storage.WriteStateAsync("kind", grain, state);
        Assert.NotEqual(stale.ETag, state.ETag);

        var unread = new GrainState<GrainNotes> { State = new GrainNotes { Text = "unread" } };
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("kind", grain, unread));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("kind", grain, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("kind", grain, stale));
        var read = await ReadAsync(storage, grain);
        Assert.Equal((state.ETag, "second"), (read.ETag, read.State!.Text));

        await storage.ClearStateAsync("kind", grain, state);
        Assert.Null(state.State!.Text);
        var cleared = await ReadAsync(storage, grain);
        Assert.Equal((false, name == Deleting, null), (cleared.RecordExists, cleared.ETag is null, cleared.State!.Text));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("kind", grain, read));
        cleared.State!.Text = "third";
        await storage.WriteStateAsync("kind", grain, cleared);
        Assert.Equal("third", (await ReadAsync(storage, grain)).State!.Text);
    }

    private static async Task<GrainState<GrainNotes>> ReadAsync(IGrainStorage storage, GrainId grain, string kind = "kind")
    {
        var state = new GrainState<GrainNotes>();
        await storage.ReadStateAsync(kind, grain, state);
        return state;
    }

    private IGrainStorage Storage(string name) => _host.Services.GetRequiredKeyedService<IGrainStorage>(name);
}
