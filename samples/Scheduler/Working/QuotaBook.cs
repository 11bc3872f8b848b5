using System.Collections.Concurrent;
using System.Text.Json;
using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Coordinating;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordination.Scheduler.Working;

/// <summary>The jobs' quotas, which follow <c>/taier/quota/JOB</c>. While contact is lost they stay as they were.</summary>
internal sealed partial class QuotaBook(ICoordinationClient client, TimeProvider time, ILogger<QuotaBook> logger) : BackgroundService
{
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, QuotaGate> _gates = new(StringComparer.Ordinal);

    /// <summary>The gate of a job.</summary>
    public QuotaGate this[string job] => _gates.GetOrAdd(job, static _ => new QuotaGate(Quota.Default));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await using var cache = await ZnodeCache.StartAsync(
                    client, SchedulerPaths.Quotas, CacheScope.Children, Take, stoppingToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
            }
            catch (CoordinationException exception)
            {
                LogUnknown(logger, exception.Message);
                await Task.Delay(_rest, time, stoppingToken);
            }
        }
    }

    private void Take(CacheChange change)
    {
        if (change.Path.Length <= SchedulerPaths.Quotas.Length)
            return;
        string job = change.Path[(SchedulerPaths.Quotas.Length + 1)..];
        try
        {
            var quota = (change.Now is { Data.Length: > 0 } znode ? znode.FromJson(SchedulerJson.Default.Quota) : null)
                ?? Quota.Default;
            this[job].Resize(quota);
            LogChanged(logger, job, quota);
        }
        catch (JsonException exception)
        {
            LogNonsense(logger, job, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{job} has {quota}")]
    private static partial void LogChanged(ILogger logger, string job, Quota quota);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the quota of {job} stays as it was: {reason}")]
    private static partial void LogNonsense(ILogger logger, string job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the quotas cannot be read yet: {reason}")]
    private static partial void LogUnknown(ILogger logger, string reason);
}
