using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Coordination.Scheduler.Nodes;

/// <summary>Logs when the node's health changes, where a web application would answer at an address.</summary>
internal sealed partial class HealthLog(ILogger<HealthLog> logger) : IHealthCheckPublisher
{
    private HealthStatus? _last;

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (_last != report.Status)
            LogHealth(logger, report.Status, string.Join("; ", report.Entries.Select(static entry => entry.Value.Description)));
        _last = report.Status;
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{status}: {description}")]
    private static partial void LogHealth(ILogger logger, HealthStatus status, string description);
}
