using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Configuration;

/// <summary>The jobs as they are configured now; as they were last, where somebody has configured nonsense.</summary>
internal sealed partial class Jobs(IOptionsMonitor<JobCatalogue> monitor, ILogger<Jobs> logger)
{
    private volatile JobCatalogue _lastGood = [];

    /// <summary>All jobs.</summary>
    public JobCatalogue All
    {
        get
        {
            try
            {
                return _lastGood = monitor.CurrentValue;
            }
            catch (InvalidOperationException exception)
            {
                LogNonsense(logger, exception.Message);
                return _lastGood;
            }
        }
    }

    /// <summary>A job; one that does nothing where there is none of that name any more.</summary>
    public JobOptions Get(string name) => All.TryGetValue(name, out var job) ? job : new JobOptions();

    /// <summary>When each job runs.</summary>
    public IReadOnlyDictionary<string, string> Schedules =>
        All.ToDictionary(static job => job.Key, static job => job.Value.Cron, StringComparer.Ordinal);

    /// <summary>Tells of each change until it is disposed of.</summary>
    public IDisposable? OnChange(Action changed) => monitor.OnChange(_ => changed());

    [LoggerMessage(Level = LogLevel.Warning, Message = "the jobs stay as they were: {reason}")]
    private static partial void LogNonsense(ILogger logger, string reason);
}
