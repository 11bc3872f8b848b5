using Coordination.Client.Contender;

namespace Coordination.Client.Tests.Faults;

/// <summary>A contender in the test's own process, whose writes go to fenced stores of the test.</summary>
internal sealed class ContenderInProcess : ITestLines, IAsyncDisposable
{
    private readonly ContenderRecord _record;
    private readonly CancellationTokenSource _over = new();
    private readonly CoordinationClient _client;
    private readonly Task _contending;

    /// <param name="number">Which one it is.</param>
    /// <param name="options">How it connects.</param>
    /// <param name="stores">What it writes to, by the names of the locks.</param>
    public ContenderInProcess(
        int number, CoordinationClientOptions options, IReadOnlyDictionary<string, FencedStore> stores)
    {
        _record = new ContenderRecord(number, stores);
        _client = new CoordinationClient(options);
        Contender.Contender.TellSessions(_client, this);
        _contending = Task.WhenAll(stores.Keys.Select(resource => new Contender.Contender(_client, this, resource).RunAsync()));
    }

    /// <inheritdoc/>
    public CancellationToken Over => _over.Token;

    /// <summary>What it has said.</summary>
    public ContenderRecord Record => _record;

    /// <inheritdoc/>
    public void Say(string line) => _record.Take(line.Split(' '));

    /// <inheritdoc/>
    public async Task<bool> WriteAsync(string resource, long token)
    {
        // As long a way as to another process, about: others come in between.
        await Task.Yield();
        bool isAccepted = _record.Write(resource, token);
        await Task.Yield();
        return isAccepted;
    }

    /// <summary>Has it end in good order.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        await _over.CancelAsync();
        await _contending.WaitAsync(within);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _client.DisposeAsync();
        await _contending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }
}
