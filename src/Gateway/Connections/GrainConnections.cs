using Coordination.Grains.Connections;
using Microsoft.Extensions.Hosting;

namespace Coordination.Gateway.Connections;

/// <summary>Serves the connections that come through grains as if they came over sockets.</summary>
public sealed class GrainConnections(ZooKeeperConnectionHandler handler, GatewayOptions options)
    : IConnectionServer, IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // One more while the silo does not stop.
    private int _count = 1;

    /// <inheritdoc/>
    public ConnectionPipe Open(Guid connection)
    {
        // A frame of the greatest length must fit while it is incomplete.
        var pipe = new ConnectionPipe(2L * options.LongestFrame + 64 * 1024);
        Interlocked.Increment(ref _count);
        var context = new GrainConnectionContext(connection, pipe, _stopping.Token);
        // In no turn of the grain, and with nothing of what its caller carries along.
        ThreadPool.UnsafeQueueUserWorkItem(
            static opened => _ = opened.Self.ServeAsync(opened.Context, opened.Pipe), (Self: this, Context: context, Pipe: pipe),
            preferLocal: false);
        return pipe;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes no more requests, and waits until those that were taken are answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        Leave();
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task ServeAsync(GrainConnectionContext context, ConnectionPipe pipe)
    {
        try
        {
            await handler.OnConnectedAsync(context);
        }
        finally
        {
            pipe.End();
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _ended.TrySetResult();
    }
}
