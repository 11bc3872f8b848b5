namespace Coordination.Grains.Memory;

/// <summary>How often a collection may be asked for: after a second, then after twice as long each time, up to a minute.
/// Where none was for two minutes, it begins anew.</summary>
internal sealed class CollectionPace(TimeProvider time)
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private TimeSpan _rest = TimeSpan.Zero;
    private long _last;

    /// <summary>Takes leave to ask for one, if it is time.</summary>
    /// <param name="isUrgent">Whether the shortest rest will do.</param>
    public bool TryTake(bool isUrgent)
    {
        long now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_last, now);
        if (passed < (isUrgent && _rest > _shortest ? _shortest : _rest))
            return false;
        bool isFirst = _rest == TimeSpan.Zero || passed >= 2 * _longest;
        _rest = isFirst ? _shortest : 2 * _rest < _longest ? 2 * _rest : _longest;
        _last = now;
        return true;
    }

    /// <summary>Begins anew with the shortest rest.</summary>
    public void Restart() => _rest = _rest == TimeSpan.Zero ? _rest : _shortest;
}
