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
    public Task InitializeMembershipTable(bool tryInitTableVersion) => Bounded(() => _table.InitializeMembershipTable(tryInitTableVersion));

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => Bounded(() => _table.DeleteMembershipTableEntries(clusterId));

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Bounded(() => _table.CleanupDefunctSiloEntries(beforeDate));

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => Bounded(() => _table.ReadRow(key));

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => Bounded(_table.ReadAll);

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Bounded(() => _table.InsertRow(entry, tableVersion));

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        Bounded(() => UpdateAsync(entry, etag, tableVersion));

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => Bounded(() => _table.UpdateIAmAlive(entry));

    // Silos that stop together are in each other's way, and a next attempt of Orleans' would come too late.
    private async Task<bool> UpdateAsync(MembershipEntry entry, string etag, TableVersion version)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (await _table.UpdateRow(entry, etag, version))
                return true;
            if (!_stopping.IsCancellationRequested || !entry.SiloAddress.Equals(_self) || attempt == MostContentions)
                return false;
            var table = await _table.ReadAll();
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
