using Coordination.Grains.Messages;
using Orleans;
using Orleans.Concurrency;

namespace Coordination.Grains;

/// <summary>One connection of a client that speaks ZooKeeper's protocol through grains; its key is made up by the client, anew
/// for each connection.</summary>
/// <remarks>
/// <para>It carries bytes and knows nothing of them. What the client sends is numbered from 1 on, and so is what it is given,
/// in answers to either call: both sides put it in order, since Orleans promises none.</para>
/// <para>A call that fails, or is not answered in time, ends the connection. Nothing is sent again: what becomes of the
/// session, and of requests under way, is as it is where a connection over TCP is cut.</para>
/// </remarks>
public interface IConnectionGrain : IGrainWithGuidKey
{
    /// <summary>Takes bytes from the client; the first open the connection, on the silo that the call comes to.</summary>
    /// <param name="chunk">The bytes. Ones that were taken before are not taken again, and answered with nothing.</param>
    /// <returns>What there is for the client by then, which may be nothing. Comes late where the server reads slowly.</returns>
    [AlwaysInterleave]
    [ResponseTimeout("00:00:20")]
    Task<ConnectionChunk> SendAsync(ConnectionChunk chunk);

    /// <summary>Waits until there is something for the client, or some seconds have passed. A client always has one of these
    /// calls under way: one that has none for some time is taken to be gone.</summary>
    /// <param name="number">Which of these calls it is, from 1 on: one that was made before is answered with nothing.</param>
    /// <returns>What there is for the client; nothing where there still is none.</returns>
    [AlwaysInterleave]
    [ResponseTimeout("00:00:20")]
    Task<ConnectionChunk> ReceiveAsync(long number);

    /// <summary>The client has gone. What it sent before is still carried out.</summary>
    [AlwaysInterleave]
    [OneWay]
    Task CloseAsync();
}
