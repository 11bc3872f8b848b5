using System.Collections.Concurrent;
using System.Globalization;

namespace Coordination.Client.Contender;

/// <summary>What a contender and the test say to each other, by its standard streams.</summary>
/// <remarks>
/// It says <c>session ID PASSWORD</c>, <c>expired ID WHY</c>, <c>holds RESOURCE TOKEN</c>,
/// <c>write RESOURCE TOKEN NUMBER</c>, <c>sure RESOURCE TOKEN SESSION</c> where a write was refused of which it is sure that
/// it holds, <c>lost RESOURCE TOKEN</c> where a refused one has come to know, and <c>wrong TEXT</c> for what must not be. It is
/// told <c>accepted NUMBER</c> or <c>refused NUMBER</c>, and <c>stop</c>.
/// </remarks>
internal sealed class TestLines : IDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<bool>> _writes = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private int _lastNumber;

    public TestLines() => new Thread(Listen) { IsBackground = true }.Start();

    /// <summary>Cancelled when the test has said that it is enough.</summary>
    public CancellationToken Over => _over.Token;

    public void Say(string line)
    {
        lock (_gate)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    /// <summary>Writes what a lock protects.</summary>
    /// <returns>Whether it was accepted.</returns>
    public Task<bool> WriteAsync(string resource, long token)
    {
        int number = Interlocked.Increment(ref _lastNumber);
        var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _writes[number] = answered;
        Say(string.Create(CultureInfo.InvariantCulture, $"write {resource} {token} {number}"));
        return answered.Task;
    }

    public void Dispose() => _over.Dispose();

    private void Listen()
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "stop")
                _over.Cancel();
            else if (_writes.TryRemove(int.Parse(words[1], CultureInfo.InvariantCulture), out var answered))
                answered.SetResult(words[0] == "accepted");
        }
    }
}
