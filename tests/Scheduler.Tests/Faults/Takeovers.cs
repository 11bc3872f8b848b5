using System.Globalization;
using Coordination.Scheduler.Tests.Running;

namespace Coordination.Scheduler.Tests.Faults;

/// <summary>How long it took until another did what a node had done to which something happened.</summary>
internal sealed class Takeovers
{
    private readonly SortedDictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);

    /// <summary>Finds them in the results.</summary>
    public Takeovers(IReadOnlyList<Fault> faults, IReadOnlyList<TermRow> terms, IReadOnlyList<AttemptRow> attempts)
    {
        foreach (var fault in faults)
        {
            if (NextTerm(fault, terms) is { } term)
                Add("leader", fault, term.BeganAt);
            foreach (var lost in attempts.Where(attempt => WasRunning(attempt, fault)))
            {
                if (Next(lost, fault, attempts) is { } next)
                    Add("worker", fault, next.StartedAt);
            }
        }
    }

    /// <summary>How many there were of leaders.</summary>
    public int OfLeaders => _seconds.Where(static kind => kind.Key.StartsWith("leader", StringComparison.Ordinal))
        .Sum(static kind => kind.Value.Count);

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', _seconds.Select(static kind =>
    {
        var sorted = kind.Value.Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kind.Key,-18} {sorted.Count,4} takeovers: {sorted[0]:0.0} to {sorted[^1]:0.0} s, median {sorted[sorted.Count / 2]:0.0} s");
    }));

    // A node that is frozen for less than its session's timeout goes on; nobody takes over from it.
    private static TermRow? NextTerm(Fault fault, IReadOnlyList<TermRow> terms)
    {
        var led = terms.LastOrDefault(term => term.BeganAt <= fault.BeganAt);
        if (led?.Node != fault.Node)
            return null;
        var next = terms.FirstOrDefault(term => term.Token > led.Token);
        return fault.Kind == FaultKind.Freeze && next?.BeganAt > fault.EndedAt ? null : next;
    }

    private static bool WasRunning(AttemptRow attempt, Fault fault) =>
        attempt.Node == fault.Node && attempt.StartedAt <= fault.BeganAt
        && (attempt.EndedAt is not { } ended || ended > fault.BeganAt) && attempt.Outcome != "completed";

    private static AttemptRow? Next(AttemptRow lost, Fault fault, IReadOnlyList<AttemptRow> attempts)
    {
        var next = attempts.Where(attempt => (attempt.Job, attempt.Tick) == (lost.Job, lost.Tick) && attempt.Token > lost.Token)
            .MinBy(static attempt => attempt.Token);
        // One that was lost before, and had no next one yet, is the earlier fault's.
        return next?.StartedAt < fault.BeganAt || (fault.Kind == FaultKind.Freeze && next?.StartedAt > fault.EndedAt) ? null : next;
    }

    private void Add(string what, Fault fault, long at)
    {
        string key = $"{what}, {fault.Kind}".ToLowerInvariant();
        if (!_seconds.TryGetValue(key, out var seconds))
            _seconds[key] = seconds = [];
        seconds.Add((at - fault.BeganAt) / 1000.0);
    }
}
