using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Coordination.Client.GrainServer;
using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>The grain of a connection in another process, called over a socket.</summary>
/// <remarks>All calls that wait fail where that process ends.</remarks>
internal sealed class GrainOfProcess : IConnectionGrain
{
    // As that of the grain's calls.
    private static readonly TimeSpan s_longestCall = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<ConnectionChunk>> _calls = new();
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly Task<GrainFrames> _frames;
    private Exception? _failure;
    private int _lastCall;

    public GrainOfProcess(IPEndPoint silo, Guid id) => _frames = ConnectAsync(silo, id);

    public Task<ConnectionChunk> SendAsync(ConnectionChunk chunk) => CallAsync(GrainCall.Send, chunk);

    public Task<ConnectionChunk> ReceiveAsync(long number) => CallAsync(GrainCall.Receive, new ConnectionChunk(number));

    public async Task CloseAsync()
    {
        var frames = await _frames;
        await WriteAsync(frames, new GrainFrame(0, GrainCall.Close, ConnectionChunk.Nothing));
        // It hangs up, having read that.
        _client.Client.Shutdown(SocketShutdown.Send);
    }

    private async Task<GrainFrames> ConnectAsync(IPEndPoint silo, Guid id)
    {
        using var timeout = new CancellationTokenSource(s_longestCall);
        await _client.ConnectAsync(silo, timeout.Token);
        await _client.GetStream().WriteAsync(id.ToByteArray(), timeout.Token);
        var frames = new GrainFrames(_client.GetStream());
        _ = ReadAsync(frames);
        return frames;
    }

    private async Task<ConnectionChunk> CallAsync(GrainCall call, ConnectionChunk chunk)
    {
        int number = Interlocked.Increment(ref _lastCall);
        var answered = new TaskCompletionSource<ConnectionChunk>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[number] = answered;
        var frames = await _frames;
        await WriteAsync(frames, new GrainFrame(number, call, chunk));
        // One that was added when all others had been failed.
        if (Volatile.Read(ref _failure) is { } failure)
            throw new IOException("the silo is gone", failure);
        return await answered.Task.WaitAsync(s_longestCall);
    }

    private static async Task WriteAsync(GrainFrames frames, GrainFrame frame)
    {
        using var timeout = new CancellationTokenSource(s_longestCall);
        await frames.WriteAsync(frame, timeout.Token);
    }

    private async Task ReadAsync(GrainFrames frames)
    {
        try
        {
            while (true)
            {
                var answer = await frames.ReadAsync(CancellationToken.None);
                if (!_calls.TryRemove(answer.Number, out var call))
                    continue;
                if (answer.Call == GrainCall.Answer)
                    call.TrySetResult(answer.Chunk);
                else
                    call.TrySetException(new IOException("the call has failed"));
            }
        }
        catch (IOException e)
        {
            Volatile.Write(ref _failure, e);
            foreach (var call in _calls.Values)
                call.TrySetException(new IOException("the silo is gone", e));
            _client.Dispose();
        }
    }
}
