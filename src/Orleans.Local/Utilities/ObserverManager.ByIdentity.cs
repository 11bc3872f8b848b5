using System.Collections;
using Microsoft.Extensions.Logging;

namespace Orleans.Utilities;

/// <summary>
/// Keeps the observers of a grain until they have not been renewed for a while. Not safe for concurrent use, but what
/// is awaited in a notification may change the set: the notification goes on with what there was when it began.
/// </summary>
/// <typeparam name="TIdentity">What tells observers apart.</typeparam>
/// <typeparam name="TObserver">The interface of the observers.</typeparam>
public class ObserverManager<TIdentity, TObserver> : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly ILogger _log;
    private readonly Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> _entries = [];

    /// <summary>Creates an empty set.</summary>
    /// <param name="expiration">How long an observer is kept after it was last subscribed.</param>
    /// <param name="log">Where comings and goings are logged, at the debug level.</param>
    /// <exception cref="ArgumentNullException">There is no log.</exception>
    public ObserverManager(TimeSpan expiration, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ExpirationDuration = expiration;
        _log = log;
    }

    /// <summary>Gets or sets what tells the time, in UTC.</summary>
    public Func<DateTime> GetDateTime { get; set; } = static () => DateTime.UtcNow;

    /// <summary>Gets or sets how long an observer is kept after it was last subscribed.</summary>
    public TimeSpan ExpirationDuration { get; set; }

    /// <summary>
    /// Gets how many observers there are, with those that have expired but have not been removed yet.
    /// </summary>
    public int Count => _entries.Count;

    /// <summary>Gets a copy of the observers.</summary>
    public IReadOnlyDictionary<TIdentity, TObserver> Observers =>
        _entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Observer);

    /// <summary>Removes all observers.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>Adds an observer, or renews it.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="observer">The observer.</param>
    public void Subscribe(TIdentity id, TObserver observer)
    {
        _entries[id] = (observer, GetDateTime());
        _log.LogDebug("Observer {Id} is subscribed; there are {Count}.", id, _entries.Count);
    }

    /// <summary>Removes an observer, if there is one of that identity.</summary>
    /// <param name="id">Its identity.</param>
    public void Unsubscribe(TIdentity id)
    {
        _entries.Remove(id);
        _log.LogDebug("Observer {Id} is unsubscribed; there are {Count}.", id, _entries.Count);
    }

    /// <summary>Notifies the observers one after the other; those that have expired, or throw, are removed.</summary>
    /// <param name="notification">What to call on each.</param>
    /// <param name="predicate">Which to notify; all if null.</param>
    /// <returns>A task that completes when all have been notified.</returns>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        foreach ((TIdentity id, TObserver observer) in LiveObservers(predicate))
        {
            try
            {
                await notification(observer);
            }
            catch (Exception exception)
            {
                Drop(id, exception);
            }
        }
    }

    /// <summary>Notifies the observers one after the other; those that have expired, or throw, are removed.</summary>
    /// <param name="notification">What to call on each.</param>
    /// <param name="predicate">Which to notify; all if null.</param>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        foreach ((TIdentity id, TObserver observer) in LiveObservers(predicate))
        {
            try
            {
                notification(observer);
            }
            catch (Exception exception)
            {
                Drop(id, exception);
            }
        }
    }

    /// <summary>Removes the observers that have not been renewed for too long.</summary>
    public void ClearExpired()
    {
        DateTime now = GetDateTime();
        foreach ((TIdentity id, (_, DateTime lastSeen)) in _entries.ToArray())
        {
            if (lastSeen + ExpirationDuration < now) Unsubscribe(id);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TObserver> GetEnumerator() => Observers.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<(TIdentity Id, TObserver Observer)> LiveObservers(Func<TObserver, bool>? predicate)
    {
        ClearExpired();
        return
        [
            .. _entries.Where(entry => predicate is null || predicate(entry.Value.Observer))
                .Select(static entry => (entry.Key, entry.Value.Observer)),
        ];
    }

    private void Drop(TIdentity id, Exception reason)
    {
        _entries.Remove(id);
        _log.LogDebug(reason, "Observer {Id} failed and is removed.", id);
    }
}
