using System.Collections.Concurrent;
using Coordination.History.Tests.Recording;

namespace Coordination.History.Tests.Faults;

/// <summary>What was done to the servers, and when.</summary>
internal sealed class FaultDiary(RunHistory run)
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentDictionary<string, int> _counts = [];

    public IEnumerable<string> Lines => _lines;

    /// <summary>Now, in milliseconds of the run.</summary>
    public double Now => run.Now;

    /// <summary>How often what was done.</summary>
    public string Summary =>
        string.Join(", ", _counts.OrderBy(count => count.Key).Select(count => $"{count.Value} x {count.Key}"));

    /// <summary>Takes down a fault, by its name.</summary>
    public void Fault(string name, string detail = "")
    {
        _counts.AddOrUpdate(name, 1, (_, count) => count + 1);
        Note($"{name} {detail}");
    }

    public void Note(string what) => _lines.Enqueue($"{run.Now:0} ms: {what}");
}
