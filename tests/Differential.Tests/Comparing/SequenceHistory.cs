using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Comparing;

/// <summary>What wanted differences need to know of the steps so far.</summary>
internal sealed class SequenceHistory
{
    private readonly List<string> _guarded = [];
    private readonly HashSet<(int Session, string Path, WatchKind Kind)> _watched = [];
    private readonly HashSet<(int Session, string Path)> _watchedInTwoWays = [];

    /// <summary>Whether a session has more identities than its address.</summary>
    public bool HasAuthenticated { get; private set; }

    public void Add(Step step)
    {
        foreach (var part in step.Parts())
        {
            HasAuthenticated |= part is AuthenticateRequest;
            if (part is IHasAcl { DeniesReading: true } guarding)
                _guarded.Add(guarding.Path);
            if (part is ISetsWatches watching)
                AddWatches(step.Session, watching);
        }
    }

    /// <summary>Whether a znode may at some time have had an ACL that lets not everybody read.</summary>
    public bool MayBeGuarded(string path) =>
        _guarded.Any(guarded => path == guarded || IsSequential(path, guarded));

    /// <summary>Whether a session may at some time have had two kinds of watch on a znode, or on one above it.</summary>
    public bool MayBeWatchedInTwoWays(int session, string path) => _watchedInTwoWays.Any(watched =>
        watched.Session == session
        && (path == watched.Path || path.StartsWith($"{watched.Path}/", StringComparison.Ordinal)));

    /// <summary>Whether a session may at some time have had one of addWatch's watches on a znode.</summary>
    public bool MayHaveLastingWatch(int session, string path) =>
        _watched.Contains((session, path, WatchKind.Persistent))
        || _watched.Contains((session, path, WatchKind.PersistentRecursive));

    private void AddWatches(int session, ISetsWatches watching)
    {
        foreach (var (path, kind) in watching.Watches())
        {
            _watched.Add((session, path, kind));
            if (_watched.Count(watched => (watched.Session, watched.Path) == (session, path)) > 1)
                _watchedInTwoWays.Add((session, path));
        }
    }

    private static bool IsSequential(string path, string prefix) =>
        path.Length == prefix.Length + 10 && path.StartsWith(prefix, StringComparison.Ordinal)
        && path.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0;
}
