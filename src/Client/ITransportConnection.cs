using System.IO.Pipelines;

namespace Coordination.Client;

/// <summary>A connection to a server that brings bytes there and back, in order and unchanged: ZooKeeper's protocol is spoken
/// over it. Where a byte is lost, so is the connection.</summary>
public interface ITransportConnection : IAsyncDisposable
{
    /// <summary>What comes from the server. Fails, or ends, with the connection.</summary>
    PipeReader Input { get; }

    /// <summary>Sends bytes to the server; never while others are being sent.</summary>
    /// <param name="bytes">The bytes, which are the caller's again when the task is over.</param>
    /// <param name="cancellationToken">Cancelled when the connection is given up.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Gives the connection up at once, on whichever thread: whatever reads or writes it ends.</summary>
    void Close();
}
