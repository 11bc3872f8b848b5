using Coordination.Client.Recipes;
using Coordination.Client.Transactions;

namespace Coordination.Client;

/// <summary>Several writes that are done all together, as one change, or not at all. Each sees what those before it have
/// done.</summary>
/// <remarks>Not thread-safe; can be committed again.</remarks>
public sealed class Transaction
{
    private readonly ICoordinationClient _client;
    private readonly List<TransactionOperation> _operations = [];

    /// <summary>Begins a transaction, which asks nothing of the server until it is committed.</summary>
    /// <param name="client">The client that commits it.</param>
    public Transaction(ICoordinationClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <summary>How many operations there are.</summary>
    public int Count => _operations.Count;

    internal IReadOnlyList<TransactionOperation> Operations => _operations;

    internal ClientSession? OnlySession { get; private set; }

    /// <summary>Has it done in that session or not at all: what rests on an ephemeral znode of this client must not be done
    /// in a later session, when the znode of that path is another's.</summary>
    /// <param name="session">The session.</param>
    public Transaction In(ClientSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        OnlySession = session;
        return this;
    }

    /// <summary>Goes on only if the znode has that version; needs the permission to read it.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="version">The version; -1 for any, so long as the znode exists.</param>
    public Transaction Check(string path, int version = ICoordinationClient.AnyVersion) =>
        Add(new TransactionOperation(TransactionOperation.Check, path, version));

    /// <summary>Goes on only if a lock is still held, which is looked up where the transaction is done; otherwise it fails
    /// with a <see cref="LockLostException"/>.</summary>
    /// <param name="held">The lock, or the lease.</param>
    public Transaction CheckHeld(LockHandle held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return CheckHeld(held.Path, held.FencingToken);
    }

    /// <summary>Goes on only if a lock is still held, for one who was given the lock's token by who holds it.</summary>
    /// <remarks>Apache ZooKeeper can only be asked whether there is a znode of that path. For a lock of this library, and of
    /// Curator, that is the same: no other contender's znode ever has its path.</remarks>
    /// <param name="path">The znode that stands for the hold: <see cref="LockHandle.Path"/>.</param>
    /// <param name="fencingToken">The zxid that has created it: <see cref="LockHandle.FencingToken"/>.</param>
    public Transaction CheckHeld(string path, long fencingToken) => Add(new TransactionOperation(
        TransactionOperation.Check, path, ICoordinationClient.AnyVersion, FencingToken: fencingToken));

    /// <summary>Creates a znode; its result is a <see cref="CreateResult"/>.</summary>
    /// <param name="path">The path, or its beginning where a number is appended.</param>
    /// <param name="data">The data, which must not be changed until the transaction is committed.</param>
    /// <param name="options">What kind of znode; a persistent one where nothing is said.</param>
    public Transaction Create(string path, ReadOnlyMemory<byte> data = default, CreateOptions? options = null)
    {
        options ??= CreateOptions.Persistent;
        options.Validate();
        return Add(new TransactionOperation(
            TransactionOperation.Create, path, ICoordinationClient.AnyVersion, data, options));
    }

    /// <summary>Sets a znode's data; its result is a <see cref="SetDataResult"/>.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="data">The data, which must not be changed until the transaction is committed.</param>
    /// <param name="version">The version that it must have; -1 for any.</param>
    public Transaction SetData(string path, ReadOnlyMemory<byte> data, int version = ICoordinationClient.AnyVersion) =>
        Add(new TransactionOperation(TransactionOperation.SetData, path, version, data));

    /// <summary>Deletes a znode.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="version">The version that it must have; -1 for any.</param>
    public Transaction Delete(string path, int version = ICoordinationClient.AnyVersion) =>
        Add(new TransactionOperation(TransactionOperation.Delete, path, version));

    /// <summary>Does it all, or nothing.</summary>
    /// <returns>The results, in the order of the operations.</returns>
    /// <exception cref="TransactionFailedException">An operation cannot be done, so none was.</exception>
    /// <exception cref="ConnectionLossException">It is not known whether it was done.</exception>
    /// <exception cref="SessionExpiredException">The session that it was to be done in has ended, and nothing was done.</exception>
    public ValueTask<IReadOnlyList<TransactionResult>> CommitAsync(CancellationToken cancellationToken = default) =>
        _client.CommitAsync(this, cancellationToken);

    private Transaction Add(TransactionOperation operation)
    {
        ChrootPath.ToServer(string.Empty, operation.Path);
        _operations.Add(operation);
        return this;
    }
}
