using Coordination.Client.Tests.ThroughGrains;
using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Client.Tests.Networks;

/// <summary>The way of calls to grains: what is cut are the calls that are under way, and all that would come after them.</summary>
internal sealed class GrainNetwork(IGrainSilo silo) : TestNetwork(silo.ClientEndPoint)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _open = Opened();
    private TaskCompletionSource _openForAnswers = Opened();
    private CancellationTokenSource _connections = new();
    private bool _refuses;

    /// <summary>What becomes of each call that gets through.</summary>
    public Func<Func<Task<ConnectionChunk>>, Task<ConnectionChunk>> Pass { get; set; } = static call => call();

    public override CoordinationClientOptions Connect(CoordinationClientOptions options) =>
        options with { Transport = new GrainTransport(Connection) };

    public override void Silence()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public override void SilenceAnswers()
    {
        lock (_gate)
        {
            if (_openForAnswers.Task.IsCompleted)
                _openForAnswers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public override void Refuse()
    {
        lock (_gate)
            _refuses = true;
        Cut();
    }

    public override void Cut()
    {
        CancellationTokenSource connections;
        lock (_gate)
            (connections, _connections) = (_connections, new CancellationTokenSource());
        connections.Cancel();
    }

    public override void Restore()
    {
        lock (_gate)
        {
            _refuses = false;
            Pass = static call => call();
            _open.TrySetResult();
            _openForAnswers.TrySetResult();
        }
    }

    public override ValueTask DisposeAsync()
    {
        Refuse();
        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private IConnectionGrain Connection(Guid id)
    {
        lock (_gate)
        {
            var cut = _refuses ? new CancellationToken(canceled: true) : _connections.Token;
            return new Line(this, silo.Connection(id), cut);
        }
    }

    private Task WhenOpenAsync(CancellationToken cut)
    {
        lock (_gate)
            return _open.Task.WaitAsync(cut);
    }

    private Task WhenOpenForAnswersAsync(CancellationToken cut)
    {
        lock (_gate)
            return Task.WhenAll(_open.Task, _openForAnswers.Task).WaitAsync(cut);
    }

    /// <summary>The way to one grain.</summary>
    private sealed class Line(GrainNetwork network, IConnectionGrain grain, CancellationToken cut) : IConnectionGrain
    {
        public Task<ConnectionChunk> SendAsync(ConnectionChunk chunk) => CallAsync(() => grain.SendAsync(chunk));

        public Task<ConnectionChunk> ReceiveAsync(long number) => CallAsync(() => grain.ReceiveAsync(number));

        public async Task CloseAsync()
        {
            await network.WhenOpenAsync(cut);
            cut.ThrowIfCancellationRequested();
            await grain.CloseAsync();
        }

        private async Task<ConnectionChunk> CallAsync(Func<Task<ConnectionChunk>> call)
        {
            await network.WhenOpenAsync(cut);
            cut.ThrowIfCancellationRequested();
            var answer = await network.Pass(call).WaitAsync(cut);
            await network.WhenOpenForAnswersAsync(cut);
            cut.ThrowIfCancellationRequested();
            return answer;
        }
    }
}
