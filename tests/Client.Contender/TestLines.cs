using System.Collections.Concurrent;
using System.Globalization;

namespace Coordination.Client.Contender;

/// <summary>The lines between a contender that is a process and the test, by its standard streams.</summary>
internal sealed class TestLines : ITestLines, IDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<bool>> _writes = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private int _lastNumber;

    public TestLines() => new Thread(Listen) { IsBackground = true }.Start();

    /// <inheritdoc/>
    public CancellationToken Over => _over.Token;

    /// <inheritdoc/>
    public void Say(string line)
    {
        lock (_gate)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    /// <inheritdoc/>
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
