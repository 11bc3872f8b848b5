namespace Coordination.Storage;

/// <summary>Wakes the silos of a cluster when one has appended: a hint, sent after the commit, that may be lost.</summary>
public interface ILogNotices
{
    /// <summary>Tells the others how far the log goes. Returns at once; of several calls, the last is told.</summary>
    void Announce(long zxid);

    /// <summary>Waits until somebody has appended, or for some time.</summary>
    /// <param name="longest">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>How far the log goes, as one who appended has told, this silo itself maybe; 0 where nobody has.</returns>
    /// <remarks>Never throws because the database is gone: it then waits all that time.</remarks>
    Task<long> WaitAsync(TimeSpan longest, CancellationToken cancellationToken);
}
