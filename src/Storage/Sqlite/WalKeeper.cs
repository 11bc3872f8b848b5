namespace Coordination.Storage.Sqlite;

/// <summary>Keeps a WAL short while it is written to all the time, so that commits overwrite it in place.</summary>
/// <remarks>SQLite starts a WAL anew only when all of it is in the database file, which a writer that never rests
/// prevents: each pass over the WAL leaves what was committed meanwhile. So a thread here copies most of it while commits
/// go on, and the next commit to come copies what little is left, while no other can run. Overwriting in place is also
/// what makes commits fast: a file that grows costs a metadata write with each sync.</remarks>
internal sealed class WalKeeper : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly SqliteDatabase _database;
    private readonly FailureLatch _latch;
    private readonly Func<bool> _copyRest;
    private readonly int _limitPages;
    private readonly AutoResetEvent _due = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _copying;
    private int _pages;
    private bool _restDue;

    /// <param name="database">A connection for this thread alone.</param>
    /// <param name="latch">Takes a failure after which the file must not be used any more.</param>
    /// <param name="copyRest">Copies the rest of the WAL on the connection that commits, and tells whether it got to the
    /// end.</param>
    /// <param name="limitPages">The length of WAL from which it is copied.</param>
    public WalKeeper(SqliteDatabase database, FailureLatch latch, Func<bool> copyRest, int limitPages)
    {
        _database = database;
        _latch = latch;
        _copyRest = copyRest;
        _limitPages = limitPages;
        _thread = new Thread(Run) { IsBackground = true, Name = $"WAL of {database.Name}" };
        _thread.Start();
    }

    /// <summary>Counts the pages that a commit has written. Called under the lock that commits are made under.</summary>
    /// <exception cref="LogCorruptException">The file could not be written or synced.</exception>
    public void Committed(int pages)
    {
        _pages += pages;
        if (_copying || _pages < _limitPages)
            return;
        if (!_restDue)
        {
            // This commit is the one that CheckpointWal wants to stand between two of its calls.
            _restDue = true;
            _copying = true;
            _due.Set();
            return;
        }
        _restDue = false;
        // Where a long read or a full disk is in the way, the WAL grows on; half its limit later comes the next attempt.
        _pages = _limitPages / 2;
        try
        {
            if (_copyRest())
                _pages = 0;
        }
        catch (LogUnavailableException)
        {
        }
        catch (Exception failure)
        {
            _latch.Fail(failure);
        }
    }

    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _due.Set();
        // The event stays: a commit may still come and set it.
        if (_thread.Join(StopTimeout))
            _database.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _due.WaitOne();
            if (_stopping)
                return;
            try
            {
                _database.CheckpointWal();
            }
            catch (LogUnavailableException)
            {
                // A full disk: the commit that copies the rest finds it too, and puts the next attempt off.
            }
            catch (Exception failure)
            {
                _latch.Set(failure);
                return;
            }
            _copying = false;
        }
    }
}
