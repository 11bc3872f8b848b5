using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Coordination.Silo.Flavours;

/// <summary>Orleans' table of silos, for which a silo that stops does not wait for longer than some seconds: where the database
/// is gone nothing can be announced, and the other silos notice by themselves.</summary>
/// <remarks>By itself Orleans would go on trying for minutes.</remarks>
internal sealed class FarewellTable : IMembershipTable
{
    /// <summary>How long a call to the table may take from when the silo is told to stop.</summary>
    private static readonly TimeSpan _longestCall = TimeSpan.FromSeconds(2);

    // Between two attempts Orleans rests for one to three seconds: there is no second one.
    private static readonly TimeSpan _longestAttempts = TimeSpan.FromSeconds(1);

    private const int MostContentions = 10;

    private readonly IMembershipTable _table;
    private readonly SiloAddress _self;
    private readonly CancellationToken _stopping;
    private volatile bool _hasGivenUp;

    /// <summary>Wraps a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="lifetime">Tells when the silo stops.</param>
    /// <param name="self">Tells which silo this is.</param>
    /// <param name="membership">What Orleans' membership is tuned by.</param>
    public FarewellTable(
        IMembershipTable table, IHostApplicationLifetime lifetime, ILocalSiloDetails self, IOptions<ClusterMembershipOptions> membership)
    {
        _table = table;
        _self = self.SiloAddress;
        _stopping = lifetime.ApplicationStopping;
        // Orleans asks at each change of its own status: the one limit there is for joining and for leaving.
        _stopping.Register(() => membership.Value.MaxJoinAttemptTime = _longestAttempts);
    }

    /// <summary>Puts it before the table that Orleans was given.</summary>
    public static void Install<TTable>(IServiceCollection services)
        where TTable : class, IMembershipTable
    {
        services.AddSingleton<TTable>();
        services.AddSingleton<IMembershipTable>(static provider =>
            ActivatorUtilities.CreateInstance<FarewellTable>(provider, provider.GetRequiredService<TTable>()));
    }

    /// <inheritdoc/>
    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        Bounded(() => _table.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken));

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        Bounded(() => _table.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken));

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        Bounded(() => _table.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken));

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) =>
        Bounded(() => _table.ReadRowAsync(key, cancellationToken));

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) =>
        Bounded(() => _table.ReadAllAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        Bounded(() => _table.InsertRowAsync(entry, tableVersion, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        Bounded(() => UpdateAsync(entry, etag, tableVersion, cancellationToken));

    /// <inheritdoc/>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        Bounded(() => _table.UpdateIAmAliveAsync(entry, cancellationToken));

    // What Orleans had before it could cancel.

    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) =>
        InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) =>
        DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) =>
        CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadAll() => ReadAllAsync(CancellationToken.None);

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        InsertRowAsync(entry, tableVersion, CancellationToken.None);

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    // Silos that stop together are in each other's way, and a next attempt of Orleans' would come too late.
    private async Task<bool> UpdateAsync(
        MembershipEntry entry, string etag, TableVersion version, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (await _table.UpdateRowAsync(entry, etag, version, cancellationToken))
                return true;
            if (!_stopping.IsCancellationRequested || !entry.SiloAddress.Equals(_self) || attempt == MostContentions)
                return false;
            var table = await _table.ReadAllAsync(cancellationToken);
            if (table.TryGet(_self) is not { } row || row.Item1.Status == SiloStatus.Dead)
                return false;
            (etag, version) = (row.Item2, table.Version.Next());
        }
    }

    private Task Bounded(Func<Task> call) => Bounded(async () =>
    {
        await call();
        return true;
    });

    private async Task<TResult> Bounded<TResult>(Func<Task<TResult>> call)
    {
        if (_hasGivenUp)
            throw new TimeoutException("the table of silos did not answer when this silo was told to stop");
        var called = call();
        try
        {
            return await called.WaitAsync(_stopping);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return await EndOfAsync(called);
        }
    }

    private async Task<TResult> EndOfAsync<TResult>(Task<TResult> called)
    {
        try
        {
            return await called.WaitAsync(_longestCall);
        }
        catch (TimeoutException)
        {
            _hasGivenUp = true;
            throw;
        }
    }
}
