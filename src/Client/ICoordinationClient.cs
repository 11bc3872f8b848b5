using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>A client of the service: one session at a time, every operation of ZooKeeper's, and what our servers have beyond
/// them.</summary>
/// <remarks>
/// Thread-safe. Requests are carried out in the order in which they were made; whoever does not wait for one before making
/// the next has them sent together. A request that is made while contact is lost waits for it. One that was sent when
/// contact was lost is sent again if it only reads; if it writes, it fails with <see cref="ConnectionLossException"/>, for
/// it may have been done. Data that is handed in must not be changed before the request is over. A cancelled request may be
/// done all the same.
/// <para>Operations fail with a <see cref="CoordinationException"/>; those that are expected have classes of their own. Besides
/// those that each names, every one that asks a server can fail with <see cref="ConnectionLossException"/>,
/// <see cref="SessionExpiredException"/> where it was made in a session that has ended, <see cref="AccessDeniedException"/>,
/// <see cref="ReadOnlyServerException"/> where it writes, and <see cref="ObjectDisposedException"/>. A path that does not begin
/// with a slash is an <see cref="ArgumentException"/>; whatever else is wrong with one, the server says
/// (<see cref="ErrorCode.BadArguments"/>).</para>
/// </remarks>
public interface ICoordinationClient : IAsyncDisposable
{
    /// <summary>In place of a version: whatever version there is.</summary>
    const int AnyVersion = -1;

    /// <summary>In place of a zxid: from now on.</summary>
    const long FromNow = -1;

    /// <summary>How the client stands to the service.</summary>
    SessionState State { get; }

    /// <summary>The session; null while there is none.</summary>
    ClientSession? Session { get; }

    /// <summary>The highest zxid that the servers have told this client of; 0 before the first.</summary>
    long LastZxidSeen { get; }

    /// <summary>The clock that the client goes by.</summary>
    TimeProvider TimeProvider { get; }

    /// <summary>The client has come into another state. Called for one change after the other.</summary>
    event Action<SessionStateChange>? StateChanged;

    /// <summary>The state that the client is in, and each that it comes into from now on, until it is disposed of.</summary>
    IAsyncEnumerable<SessionStateChange> ReadStatesAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until a session is attached to a server that writes.</summary>
    /// <exception cref="AuthenticationFailedException">The client is not let in.</exception>
    Task<ClientSession> ConnectedAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates a znode.</summary>
    /// <param name="path">The path, or its beginning where a number is appended.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">What kind of znode; a persistent one where nothing is said.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NodeExistsException">There is one.</exception>
    /// <exception cref="NoNodeException">The parent does not exist.</exception>
    ValueTask<CreatedZnode> CreateAsync(
        string path, ReadOnlyMemory<byte> data, CreateOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a znode.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="version">The version that it must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeException">There is none.</exception>
    /// <exception cref="BadVersionException">It has another version.</exception>
    /// <exception cref="NotEmptyException">It has children.</exception>
    ValueTask DeleteAsync(string path, int version = AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Asks whether a znode exists.</summary>
    /// <returns>Its Stat; null where there is none.</returns>
    ValueTask<Stat?> ExistsAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Asks whether a znode exists, and watches it once: for its creation, or for its deletion and its data.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="watcher">Told of the first change, or of the session's end. It is called by the thread that reads the
    /// connection, before any answer that knows of the change is given out: it must be quick, and wait for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its Stat; null where there is none.</returns>
    ValueTask<Stat?> ExistsAsync(string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default);

    /// <summary>Reads a znode's data and Stat.</summary>
    /// <exception cref="NoNodeException">There is none.</exception>
    ValueTask<Znode> GetDataAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Reads a znode's data and Stat, and watches it once: for its data and its deletion.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="watcher">Told of the first change, or of the session's end; as for
    /// <see cref="ExistsAsync(string, Action{WatchEvent}, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeException">There is none, and no watch is set.</exception>
    ValueTask<Znode> GetDataAsync(string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default);

    /// <summary>Sets a znode's data.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="data">The data.</param>
    /// <param name="version">The version that it must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The Stat as of then.</returns>
    /// <exception cref="NoNodeException">There is none.</exception>
    /// <exception cref="BadVersionException">It has another version: somebody has written since.</exception>
    ValueTask<Stat> SetDataAsync(
        string path, ReadOnlyMemory<byte> data, int version = AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Reads the names of a znode's children.</summary>
    /// <exception cref="NoNodeException">There is no such znode.</exception>
    ValueTask<ZnodeChildren> GetChildrenAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Reads the names of a znode's children, and watches it once: for children that come and go, and for its
    /// deletion.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="watcher">Told of the first change, or of the session's end; as for
    /// <see cref="ExistsAsync(string, Action{WatchEvent}, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeException">There is no such znode, and no watch is set.</exception>
    ValueTask<ZnodeChildren> GetChildrenAsync(
        string path, Action<WatchEvent> watcher, CancellationToken cancellationToken = default);

    /// <summary>Reads a znode's ACL, and its Stat.</summary>
    /// <exception cref="NoNodeException">There is no such znode.</exception>
    ValueTask<ZnodeAcl> GetAclAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Sets a znode's ACL.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="acl">The ACL.</param>
    /// <param name="version">The version that the ACL must have (<see cref="Stat.Aversion"/>); -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The Stat as of then.</returns>
    /// <exception cref="NoNodeException">There is no such znode.</exception>
    /// <exception cref="BadVersionException">The ACL has another version.</exception>
    /// <exception cref="CoordinationException">It is no ACL (<see cref="ErrorCode.InvalidAcl"/>).</exception>
    ValueTask<Stat> SetAclAsync(
        string path, IEnumerable<Acl> acl, int version = AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Has the server catch up: reads made after this see all that was acknowledged to anybody before it.</summary>
    /// <param name="path">Any; ZooKeeper wants one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SyncAsync(string path = "/", CancellationToken cancellationToken = default);

    /// <summary>Does all that a transaction says, or nothing.</summary>
    /// <exception cref="TransactionFailedException">An operation cannot be done, so none was.</exception>
    ValueTask<IReadOnlyList<TransactionResult>> CommitAsync(
        Transaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Reads all that a batch says, as of one moment. What cannot be read is so in its own result. Servers know it from
    /// ZooKeeper 3.6 on.</summary>
    ValueTask<IReadOnlyList<ReadResult>> ReadAsync(ReadBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Sets a watch that stays until it is disposed of, over lost connections and ended sessions. Servers know it
    /// from ZooKeeper 3.6 on.</summary>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="mode">The znode and its children, or the znode and all below it.</param>
    /// <param name="watcher">Told of each change, and when changes may have been missed; as for
    /// <see cref="ExistsAsync(string, Action{WatchEvent}, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IAsyncDisposable> WatchAsync(
        string path, AddWatchMode mode, Action<WatchEvent> watcher, CancellationToken cancellationToken = default);

    /// <summary>Drops all of this client's watches of a kind on a path, and tells none of them.</summary>
    /// <returns>Whether there were any.</returns>
    ValueTask<bool> RemoveWatchesAsync(string path, WatcherType type, CancellationToken cancellationToken = default);

    /// <summary>No longer tells a one-shot watcher, and drops the server's watch where nobody else needs it. Returns at
    /// once.</summary>
    void Forget(string path, Action<WatchEvent> watcher);

    /// <summary>Asks whether the server has a watch of this client.</summary>
    ValueTask<bool> CheckWatchesAsync(string path, WatcherType type, CancellationToken cancellationToken = default);

    /// <summary>Lists the session's own ephemeral znodes whose paths begin with that. Servers know it from ZooKeeper 3.6
    /// on.</summary>
    ValueTask<IReadOnlyList<string>> GetEphemeralsAsync(string prefix = "/", CancellationToken cancellationToken = default);

    /// <summary>Counts all that is below a znode. Servers know it from ZooKeeper 3.6 on.</summary>
    /// <exception cref="NoNodeException">There is no such znode.</exception>
    ValueTask<int> CountDescendantsAsync(string path, CancellationToken cancellationToken = default);

    /// <summary>Lists the identities that the connection has. Servers know it from ZooKeeper 3.7 on.</summary>
    ValueTask<IReadOnlyList<Identity>> WhoAmIAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the ensemble's configuration, which is empty where there is no ensemble; the chroot does not count.</summary>
    ValueTask<Znode> GetConfigurationAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes the members of the ensemble, by those who join and leave, or all at once.</summary>
    /// <param name="joining">The servers that join, as <c>server.N=...</c> with commas between; null for none.</param>
    /// <param name="leaving">The numbers of the servers that leave, with commas between; null for none.</param>
    /// <param name="members">All servers, in place of the two above; null where those are given.</param>
    /// <param name="fromConfiguration">The configuration that it rests on, the <c>version</c> in what
    /// <see cref="GetConfigurationAsync"/> reads; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The new configuration.</returns>
    /// <exception cref="CoordinationException">The server has no ensemble, or does not let clients change it
    /// (<see cref="ErrorCode.ReconfigDisabled"/>).</exception>
    ValueTask<Znode> ReconfigureAsync(
        string? joining, string? leaving, string? members = null, long fromConfiguration = -1,
        CancellationToken cancellationToken = default);

    /// <summary>Adds an identity to this connection and to all that follow.</summary>
    /// <exception cref="AuthenticationFailedException">The server does not take it; it closes the connection, and the
    /// client connects again without it.</exception>
    ValueTask AddCredentialAsync(Credential credential, CancellationToken cancellationToken = default);

    /// <summary>Deletes a znode and all that is below it.</summary>
    /// <remarks>On our servers all of it under one zxid, or nothing. On Apache ZooKeeper one by one and from below: others may
    /// see it half done, what they create meanwhile is deleted too, and where it fails some of it is gone.</remarks>
    /// <param name="path">The znode.</param>
    /// <param name="version">The version that the znode itself must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NoNodeException">There is none.</exception>
    /// <exception cref="BadVersionException">It has another version.</exception>
    /// <exception cref="AccessDeniedException">One of the znodes may not be deleted.</exception>
    /// <exception cref="CoordinationException">There is more than our servers delete at once, ten thousand znodes
    /// (<see cref="ErrorCode.LimitExceeded"/>); nothing was deleted. Delete parts of it first.</exception>
    ValueTask DeleteRecursiveAsync(string path, int version = AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Reads the children of a znode with their data and Stat, in pages, in the byte order of their names.</summary>
    /// <remarks>
    /// On our servers the names are those of one zxid, which every child tells (<see cref="ZnodeChild.AsOfZxid"/>), however long
    /// it takes, and each child tells whether it has changed since. Only where the server has let go of the list, as after a
    /// minute's rest or a move to another server while children come and go, the rest is that of a later zxid. To follow what
    /// comes after, give that zxid to <see cref="WatchChangesAsync"/>. On Apache ZooKeeper the names are of one moment, data and
    /// Stat of when each child was read, and all names are in memory at once.
    /// </remarks>
    /// <param name="path">The znode.</param>
    /// <param name="pageSize">How many children to ask for at once, from 1 on; the server sends 1024 at the most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="NoNodeException">There is no such znode.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page size is less than one.</exception>
    IAsyncEnumerable<ZnodeChild> EnumerateChildrenAsync(
        string path, int pageSize = 1000, CancellationToken cancellationToken = default);

    /// <summary>Watches a znode, or a znode and all below it, and tells every change with what was there before.</summary>
    /// <remarks>
    /// On our servers no change is missed and none told twice, over lost connections, ended sessions and other servers: what
    /// happened meanwhile comes from the log. Where that does not reach back, one
    /// <see cref="ZnodeChangeKind.HistoryLost"/> says so. Remember the zxid of what you have dealt with, and another process
    /// can go on from there. On Apache ZooKeeper it is a persistent watch and a read at each event: it begins with
    /// <see cref="ZnodeChangeKind.HistoryLost"/>, which comes again after each lost connection; changes that follow each other
    /// quickly may show the same data, what was there before is not known, and ACLs are not told of. Changes of znodes that may
    /// not be read are not told. It ends only with <paramref name="cancellationToken"/>, or with the client.
    /// </remarks>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="fromZxid">All that comes after it is told; <see cref="FromNow"/> for what is still to come.</param>
    /// <param name="scope">The znode alone, or all below it too.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="CoordinationException">The path is none; or the connection has more than 256 of these watches, as many
    /// as our servers give it (<see cref="ErrorCode.LimitExceeded"/>).</exception>
    /// <exception cref="AuthenticationFailedException">The client is no longer let in.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed of.</exception>
    IAsyncEnumerable<ZnodeChange> WatchChangesAsync(
        string path, long fromZxid = FromNow, ChangeScope scope = ChangeScope.Tree, CancellationToken cancellationToken = default);
}
