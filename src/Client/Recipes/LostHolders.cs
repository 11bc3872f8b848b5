namespace Coordination.Client.Recipes;

/// <summary>The holders of a lock that a contender knows to be lost, and for how long nobody may follow them.</summary>
/// <remarks>Nobody tells when a session ended, so a lock-delay is counted from when this contender first noticed: that is
/// never before. Whoever has waited for all of it deletes the mark, so that those who come later wait no more.</remarks>
/// <param name="time">The clock.</param>
/// <param name="isShared">Whether the contender only wants to share the lock, and may do so at once with those that
/// shared it.</param>
internal sealed class LostHolders(TimeProvider time, bool isShared)
{
    private Dictionary<string, (long NoticedAt, TimeSpan Delay)>? _lost;

    /// <summary>The marks of those who are known to be lost.</summary>
    internal IReadOnlyCollection<string> Marks => _lost is null ? [] : _lost.Keys;

    /// <summary>For how long nobody may follow them, from now on.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            var longest = TimeSpan.Zero;
            if (_lost is null)
                return longest;
            foreach (var (noticedAt, delay) in _lost.Values)
            {
                var remaining = delay - time.GetElapsedTime(noticedAt);
                if (remaining > longest)
                    longest = remaining;
            }
            return longest;
        }
    }

    /// <summary>Looks who is gone and has left a mark.</summary>
    /// <param name="names">All names below the lock's znode, of one moment.</param>
    internal void Look(IReadOnlyList<string> names)
    {
        var before = _lost;
        _lost = null;
        foreach (string name in names)
        {
            if (!HoldMark.TryParse(name, out var mark) || (isShared && mark.IsShared)
                || names.Any(other => other.StartsWith(mark.Holder, StringComparison.Ordinal)))
            {
                continue;
            }
            _lost ??= new Dictionary<string, (long, TimeSpan)>(StringComparer.Ordinal);
            _lost[name] = before is not null && before.TryGetValue(name, out var known) ? known : (time.GetTimestamp(), mark.Delay);
        }
    }
}
