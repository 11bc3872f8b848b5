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

    private readonly IMembershipTable _table;
    private readonly CancellationToken _stopping;
    private volatile bool _hasGivenUp;

    /// <summary>Wraps a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="lifetime">Tells when the silo stops.</param>
    /// <param name="membership">What Orleans' membership is tuned by.</param>
    public FarewellTable(IMembershipTable table, IHostApplicationLifetime lifetime, IOptions<ClusterMembershipOptions> membership)
    {
        _table = table;
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
        Bounded(() => _table.UpdateRow(entry, etag, tableVersion));

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => Bounded(() => _table.UpdateIAmAlive(entry));

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
