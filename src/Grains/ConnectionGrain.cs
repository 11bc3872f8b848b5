using Coordination.Grains.Connections;
using Coordination.Grains.Messages;
using Orleans;
using Orleans.Placement;
using Orleans.Runtime;

namespace Coordination.Grains;

/// <inheritdoc cref="IConnectionGrain"/>
/// <remarks>On the silo that the client's calls come to, whose gateway serves the connection: from there on it is one like
/// any other.</remarks>
[PreferLocalPlacement]
public sealed class ConnectionGrain(IConnectionServer server) : Grain, IConnectionGrain
{
    private const int MostSilentTicks = 5;

    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(5);

    private ConnectionPipe? _pipe;
    private int _silentTicks;

    /// <inheritdoc/>
    public Task<ConnectionChunk> SendAsync(ConnectionChunk chunk)
    {
        if (_pipe is null && chunk.Number == 1)
            Open();
        return AnswerAsync(_pipe?.SendAsync(chunk));
    }

    /// <inheritdoc/>
    public Task<ConnectionChunk> ReceiveAsync(long number) => AnswerAsync(_pipe?.ReceiveAsync(number));

    /// <inheritdoc/>
    public async Task CloseAsync()
    {
        if (_pipe is not null)
            await _pipe.CloseAsync();
        DeactivateOnIdle();
    }

    /// <summary>What was not told to the client by then never is.</summary>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _pipe?.Abort();
        return Task.CompletedTask;
    }

    private void Open()
    {
        _pipe = server.Open(this.GetPrimaryKey());
        this.RegisterGrainTimer(LookAtClientAsync, new GrainTimerCreationOptions(s_tick, s_tick) { Interleave = true });
    }

    private Task<ConnectionChunk> AnswerAsync(Task<ConnectionChunk>? chunk)
    {
        _silentTicks = 0;
        if (chunk is { IsCompletedSuccessfully: true, Result.IsLast: false })
            return chunk;
        return AnswerLaterAsync(chunk);
    }

    private async Task<ConnectionChunk> AnswerLaterAsync(Task<ConnectionChunk>? later)
    {
        var chunk = later is null ? ConnectionChunk.Gone : await later;
        if (chunk.IsLast)
            DeactivateOnIdle();
        return chunk;
    }

    private Task LookAtClientAsync()
    {
        _pipe!.AnswerThoseWhoWait();
        if (++_silentTicks < MostSilentTicks)
            return Task.CompletedTask;
        _pipe.Abort();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
