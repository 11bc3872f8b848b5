namespace Coordination.Client.Recipes;

/// <summary>The lead that a candidate has.</summary>
public sealed class Leadership
{
    private readonly LockHandle _handle;
    private readonly CancellationTokenSource _lost;

    internal Leadership(LockHandle handle, CancellationToken resigned)
    {
        _handle = handle;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(handle.LostToken, resigned);
    }

    /// <summary>The session that it is held in.</summary>
    internal ClientSession Session => _handle.Session;

    /// <summary>Grows from leader to leader: to be written beside whatever the leader writes, so that what an earlier
    /// leader writes is refused.</summary>
    public long FencingToken => _handle.FencingToken;

    /// <summary>The znode that stands for this lead. A transaction that checks it is carried out only while this candidate
    /// leads, which is looked up where the write is done.</summary>
    public string Path => _handle.Path;

    /// <summary>Cancelled when the lead is lost or given up.</summary>
    public CancellationToken LostToken => _lost.Token;

    /// <summary>Whether the lead is sure to be held, by the clock and now.</summary>
    public bool IsHeld => !_lost.IsCancellationRequested && _handle.IsHeld;
}
