using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>Several reads in one request, all of one moment. Servers know it from ZooKeeper 3.6 on.</summary>
/// <remarks>Not thread-safe; can be read again.</remarks>
public sealed class ReadBatch
{
    private readonly ICoordinationClient _client;
    private readonly List<(OperationCode Operation, string Path)> _reads = [];

    /// <summary>Begins a batch, which asks nothing of the server until it is read.</summary>
    /// <param name="client">The client that reads it.</param>
    public ReadBatch(ICoordinationClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    internal IReadOnlyList<(OperationCode Operation, string Path)> Reads => _reads;

    /// <summary>Reads a znode's data and Stat.</summary>
    public ReadBatch GetData(string path) => Add(OperationCode.GetData, path);

    /// <summary>Reads the names of a znode's children.</summary>
    public ReadBatch GetChildren(string path) => Add(OperationCode.GetChildren, path);

    /// <summary>Reads it all.</summary>
    /// <returns>What was read, in the order in which it was asked for.</returns>
    public ValueTask<IReadOnlyList<ReadResult>> ReadAsync(CancellationToken cancellationToken = default) =>
        _client.ReadAsync(this, cancellationToken);

    private ReadBatch Add(OperationCode operation, string path)
    {
        ChrootPath.ToServer(string.Empty, path);
        _reads.Add((operation, path));
        return this;
    }
}
