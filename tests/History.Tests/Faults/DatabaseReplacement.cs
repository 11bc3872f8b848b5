using System.Net;
using Coordination.Engine.Checkpoint;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.Storage.Postgres;
using Coordination.Testing;
using Npgsql;

namespace Coordination.History.Tests.Faults;

/// <summary>Puts another database into the place of a cluster's: an older state of it, or a standby that it did not wait for,
/// which lack the last of what was acknowledged, or one that it did wait for.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="networks">By which its silos reach the database.</param>
/// <param name="lease">How long a silo may serve without it.</param>
internal sealed class DatabaseReplacement(SiloCluster cluster, IReadOnlyList<TcpProxy> networks, TimeSpan lease) : IAsyncDisposable
{
    private const int LeastWritten = 500;
    private const int MostWritten = 3000;

    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private PostgresServer? _standby;

    /// <summary>The database that is there now.</summary>
    public PostgresServer Current { get; private set; } = cluster.Database;

    /// <summary>What was lost with the first one; null where that was nothing.</summary>
    public Loss? Loss { get; private set; }

    /// <summary>Has the silos write on for a while, and puts another in its place.</summary>
    public Task ReplaceAsync(FaultDiary diary, Random random) => random.Next(3) switch
    {
        0 => RestoreAsync(diary, random),
        1 => PromoteAsync(diary, random),
        _ => PromoteSynchronousAsync(diary, random),
    };

    /// <summary>Reads the log of the database that is there now.</summary>
    public Task<CommittedLog> ReadLogAsync(CancellationToken cancellationToken) => ReadLogAsync(Current, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_standby is not null)
            await _standby.DisposeAsync();
    }

    private async Task RestoreAsync(FaultDiary diary, Random random)
    {
        var database = cluster.Database;
        await database.StopAsync();
        database.Keep();
        await database.StartAgainAsync();
        await Task.Delay(random.Next(LeastWritten, MostWritten));
        diary.Fault("database restored");
        await LoseAsync(diary, async () =>
        {
            await database.StopAsync();
            database.Restore();
            await database.StartAgainAsync();
        });
    }

    private async Task PromoteAsync(FaultDiary diary, Random random)
    {
        _standby = await PostgresServer.StartStandbyAsync(cluster.Database);
        await _standby.StopFollowingAsync();
        await Task.Delay(random.Next(LeastWritten, MostWritten));
        diary.Fault("standby promoted");
        await LoseAsync(diary, () => TakeOverAsync(_standby));
    }

    private async Task PromoteSynchronousAsync(FaultDiary diary, Random random)
    {
        _standby = await PostgresServer.StartStandbyAsync(cluster.Database);
        await cluster.Database.WaitForStandbyAsync("*");
        await Task.Delay(random.Next(LeastWritten, MostWritten));
        diary.Fault("synchronous standby promoted");
        await TakeOverAsync(_standby);
        foreach (var network in networks)
            network.Cut();
        diary.Note("another database is there");
    }

    private async Task TakeOverAsync(PostgresServer standby)
    {
        await cluster.Database.KillAsync();
        await standby.PromoteAsync();
        foreach (var network in networks)
            network.Redirect(new IPEndPoint(IPAddress.Loopback, standby.Port));
        Current = standby;
    }

    // They are away from any database for longer than their leases.
    private async Task LoseAsync(FaultDiary diary, Func<Task> replaceAsync)
    {
        using var limit = new CancellationTokenSource(s_patience);
        foreach (var network in networks)
            network.Refuse();
        var servingEnds = Task.Delay(lease + s_slack, limit.Token);
        await UntilUnusedAsync(cluster.Database, limit.Token);
        var lost = await ReadLogAsync(cluster.Database, limit.Token);
        await replaceAsync();
        var kept = await ReadLogAsync(limit.Token);
        Assert.True(lost.Entries.Take(kept.Entries.Count).Select(static entry => entry.Header)
            .SequenceEqual(kept.Entries.Select(static entry => entry.Header)), "the other database has what this one never had");
        await servingEnds;
        Loss = new Loss(lost, kept.LastZxid, diary.Now);
        foreach (var network in networks)
            network.Restore();
        diary.Note("another database is there");
    }

    // A commit whose connection was cut may still come about.
    private static async Task UntilUnusedAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var others = source.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        while (await others.ExecuteScalarAsync(cancellationToken) is not 0L)
            await Task.Delay(10, cancellationToken);
    }

    private async Task<CommittedLog> ReadLogAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await using var database = await PostgresDatabase.OpenAsync(
            server.ConnectionString, cluster.Name, Genesis.State, Genesis.Znodes(), cancellationToken);
        return await CommittedLog.ReadAsync(database.Log, cancellationToken);
    }
}
