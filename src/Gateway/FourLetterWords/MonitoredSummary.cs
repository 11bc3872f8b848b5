using Coordination.Grains.Writing;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>A summary under ZooKeeper's name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Measured">What was measured.</param>
/// <param name="Unit">In which unit.</param>
/// <param name="HasPercentiles">Whether ZooKeeper tells percentiles of it.</param>
public sealed record MonitoredSummary(string Name, MeasuredSummary Measured, SummaryUnit Unit, bool HasPercentiles)
{
    private static readonly (string Name, double Share)[] _percentiles =
        [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];

    /// <summary>Its numbers as mntr tells them, in ZooKeeper's unit and order.</summary>
    public IEnumerable<KeyValuePair<string, object>> Values()
    {
        yield return new($"avg_{Name}", Math.Round(Measured.Average / (int)Unit, 4));
        yield return new($"min_{Name}", InUnit(Measured.Least));
        yield return new($"max_{Name}", InUnit(Measured.Most));
        yield return new($"cnt_{Name}", Measured.Count);
        yield return new($"sum_{Name}", InUnit(Measured.Sum));
        if (!HasPercentiles)
            yield break;
        foreach (var (name, share) in _percentiles)
            yield return new($"{name}_{Name}", InUnit(Measured.Percentile(share)));
    }

    /// <summary>Its samples as Prometheus reads a summary, with the parts of a unit that mntr leaves out.</summary>
    public IEnumerable<KeyValuePair<string, object>> Samples()
    {
        foreach (var (_, share) in _percentiles)
        {
            string quantile = ServerMonitor.TextOf(share);
            yield return new($"{Name}{{quantile=\"{quantile}\"}}", (double)Measured.Percentile(share) / (int)Unit);
        }
        yield return new($"{Name}_count", Measured.Count);
        yield return new($"{Name}_sum", (double)Measured.Sum / (int)Unit);
    }

    private long InUnit(long measured) => measured / (int)Unit;
}
