namespace Coordination.Engine.Watches;

/// <summary>Drops all watches of one who is gone, in pieces: there may be a hundred thousand, which those who apply
/// entries must not wait for. Until it is done, some may still fire.</summary>
public sealed class WatchRemoval
{
    private readonly WatchTable _table;
    private readonly Watcher _watcher;
    private readonly WatchedPathSet _watched;
    private int _position;

    internal WatchRemoval(WatchTable table, Watcher watcher, WatchedPathSet watched)
    {
        _table = table;
        _watcher = watcher;
        _watched = watched;
    }

    /// <summary>Drops the next watches.</summary>
    /// <param name="most">How many at the most.</param>
    /// <returns>Whether there may be more.</returns>
    public bool GoOn(int most) => _table.Remove(_watcher, _watched, ref _position, most);
}
