using System.Net;
using System.Net.Sockets;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Client.GrainServer;

/// <summary>Calls the grains of connections for clients in other processes, each over a socket of its own.</summary>
/// <param name="port">The port that it listens on.</param>
/// <param name="grains">The grains.</param>
internal sealed class GrainServer(int port, IGrainFactory grains)
{
    /// <summary>The environment's name of the port.</summary>
    public const string PortVariable = "COORDINATION_TEST_GRAIN_PORT";

    private const int IdLength = 16;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        using (var frames = new GrainFrames(client.GetStream()))
        {
            try
            {
                client.NoDelay = true;
                byte[] id = new byte[IdLength];
                await client.GetStream().ReadExactlyAsync(id, cancellationToken);
                var grain = grains.GetGrain<IConnectionGrain>(new Guid(id));
                while (true)
                    _ = CallAsync(grain, await frames.ReadAsync(cancellationToken), frames, cancellationToken);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone.
            }
        }
    }

    private static async Task CallAsync(
        IConnectionGrain grain, GrainFrame frame, GrainFrames frames, CancellationToken cancellationToken)
    {
        GrainFrame answer;
        try
        {
            switch (frame.Call)
            {
                case GrainCall.Send:
                    answer = new GrainFrame(frame.Number, GrainCall.Answer, await grain.SendAsync(frame.Chunk));
                    break;
                case GrainCall.Receive:
                    answer = new GrainFrame(frame.Number, GrainCall.Answer, await grain.ReceiveAsync(frame.Chunk.Number));
                    break;
                default:
                    await grain.CloseAsync();
                    return;
            }
        }
        catch (Exception)
        {
            answer = new GrainFrame(frame.Number, GrainCall.Failure, ConnectionChunk.Nothing);
        }
        try
        {
            await frames.WriteAsync(answer, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has gone.
        }
    }
}
