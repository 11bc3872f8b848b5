using Coordination.Client.Connecting;

namespace Coordination.Client;

/// <summary>A session of a client: what ephemeral znodes live and die with.</summary>
/// <remarks>One that has ended never comes back; the client opens another.</remarks>
public sealed class ClientSession
{
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeProvider _time;
    private long _heardAt;
    private int _end;

    internal ClientSession(long id, ReadOnlyMemory<byte> password, TimeSpan timeout, long heardAt, TimeProvider time)
    {
        Id = id;
        Password = password;
        Timeout = timeout;
        _heardAt = heardAt;
        _time = time;
    }

    /// <summary>The session's id; the <c>ephemeralOwner</c> of its ephemeral znodes.</summary>
    public long Id { get; }

    /// <summary>The timeout that was negotiated: a server that hears nothing for that long ends the session.</summary>
    public TimeSpan Timeout { get; internal set; }

    /// <summary>Cancelled when the session has ended, or must be taken for ended.</summary>
    /// <remarks>That is: when a server says so, when the client is disposed of, or when the client's own clock says that
    /// no server can be known to have heard it for <see cref="Timeout"/>. So it is cancelled before a server that is
    /// not frozen lets somebody else have what the session holds. A process that was frozen itself finds it cancelled
    /// some time after it wakes; <see cref="IsAlive"/> tells at once.</remarks>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it is over.</summary>
    public SessionEnd End => (SessionEnd)Volatile.Read(ref _end);

    /// <summary>For how long it is sure to live on without further contact; zero when it may have ended.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (End != SessionEnd.None)
                return TimeSpan.Zero;
            var remaining = Timeout - _time.GetElapsedTime(Interlocked.Read(ref _heardAt));
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    /// <summary>Whether the session is sure to stand, by the clock and now: true as long as <see cref="Remaining"/> is
    /// not zero.</summary>
    public bool IsAlive => Remaining > TimeSpan.Zero;

    internal ReadOnlyMemory<byte> Password { get; }

    /// <summary>What the servers can do beyond ZooKeeper; under the client's gate.</summary>
    internal ServerExtensions Extensions { get; set; } = ServerExtensions.None;

    /// <summary>The numbers of its writes, where the servers do each once; under the client's gate.</summary>
    internal NumberedWrites Numbers { get; } = new();

    /// <inheritdoc/>
    public override string ToString() => $"0x{Id:x}";

    /// <summary>A server has answered what was sent at that time, so it has heard us then or later.</summary>
    internal void HeardAt(long sentAt)
    {
        // Only ever moved by the reader of the one connection, and by an attachment before it reads.
        if (sentAt > _heardAt)
            Interlocked.Exchange(ref _heardAt, sentAt);
    }

    /// <summary>Marks it as over.</summary>
    /// <returns>False where it was already.</returns>
    internal bool TryEnd(SessionEnd end) => Interlocked.CompareExchange(ref _end, (int)end, (int)SessionEnd.None) == 0;

    /// <summary>Tells everybody who asked to be told; on other threads, since it is their code.</summary>
    internal void TellEnded() => _ = _ended.CancelAsync();
}
