using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>Orleans' own providers on the tables of a cluster.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
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
}
