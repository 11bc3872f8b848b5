using Coordination.Client.Recipes;
using Microsoft.Extensions.Hosting;

namespace Coordination.Client.Hosting;

/// <summary>A service of which one instance leads at a time, among all applications that run it.</summary>
/// <param name="client">The client.</param>
/// <param name="path">The znode below which candidates queue; Curator's <c>LeaderSelector</c> has the same layout.</param>
/// <param name="id">Who this candidate is, for others to read; the machine and the process where nothing is said.</param>
public abstract class LeaderElectedService(ICoordinationClient client, string path, string? id = null) : BackgroundService
{
    private readonly LeaderSelector _selector =
        new(client, path, id ?? $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>Leads, until it has nothing more to do or is told to end; then another candidate has its turn.</summary>
    /// <param name="lead">The lead, with the fencing token to write beside whatever it writes.</param>
    /// <param name="cancellationToken">Cancelled when the lead is lost, or the application ends. Nothing may be done any more
    /// that only the leader may do.</param>
    protected abstract Task LeadAsync(Leadership lead, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _selector.LeadRepeatedlyAsync(LeadAsync, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application ends.
        }
    }
}
