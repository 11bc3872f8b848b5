using Microsoft.Extensions.Logging;
using Orleans.Activations;
using Orleans.Runtime;

namespace Orleans.Reminders;

/// <summary>Knows all reminders, and sends their ticks to the grains when they are due.</summary>
internal sealed class ReminderService : IDisposable
{
    // When very many are due at once, as after a restart, they do not all activate their grains at the same time.
    private const int MaxTicksUnderWay = 256;
    private const int MaxStaleTicks = 1024;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly LocalSilo _silo;
    private readonly SemaphoreSlim _changes = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> _entries = [];

    // May hold ticks of reminders that have been replaced or ended since; those are skipped when their time comes.
    private readonly PriorityQueue<(ReminderEntry Entry, DateTime Tick), DateTime> _due = new();
    private IReminderTable? _table;
    private ITimer? _timer;
    private int _underWay;
    private bool _ticksStopped;

    public ReminderService(LocalSilo silo) => _silo = silo;

    public void Start()
    {
        _table = _silo.Options.ReminderDatabasePath is { } path
            ? new SqliteReminderTable(path)
            : new InMemoryReminderTable();
        _timer = _silo.Time.CreateTimer(
            static self => ((ReminderService)self!).SendDue(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        foreach (ReminderEntry entry in _table.Load())
        {
            if (_silo.Classes.TryGet(entry.Grain.Type, out GrainClass? type)
                && typeof(IRemindable).IsAssignableFrom(type.Type))
            {
                Schedule(entry, entry.NextTick(Now()));
            }
            else
            {
                _silo.Log.LogWarning(
                    "No grain class takes reminder {Name} of {Grain}.", entry.ReminderName, entry.Grain);
            }
        }

        SendDue();
    }

    /// <summary>Sends no further ticks. Grains on their way out can still change their reminders.</summary>
    public void StopTicks()
    {
        lock (_lock) _ticksStopped = true;
        _timer?.Dispose();
    }

    /// <summary>Closes the store once what is being written to it is written.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _changes.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It is closed with the service, then.
            return;
        }

        try
        {
            _table?.Dispose();
            _table = null;
        }
        finally
        {
            _changes.Release();
        }
    }

    public void Dispose()
    {
        StopTicks();
        _table?.Dispose();
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        DateTime now = Now();
        if (dueTime < TimeSpan.Zero || dueTime > DateTime.MaxValue - now)
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "Cannot use it to create a reminder");
        if (period < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(period), period, "Cannot use it to create a reminder");
        if (period < _silo.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder "
                + $"period ({_silo.Options.MinimumReminderPeriod})");
        }

        var entry = new ReminderEntry(grain, name, now + dueTime, period);
        await ChangeAsync(table =>
        {
            table.Save(entry);
            Schedule(entry, entry.StartAt);
        });
        SendDue();
        return entry;
    }

    public Task UnregisterAsync(IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        if (reminder is not ReminderEntry entry)
            throw new ArgumentException("The reminder is none of this runtime.", nameof(reminder));
        return ChangeAsync(table =>
        {
            ReminderEntry? current = Find(entry.Grain, entry.ReminderName);
            if (current is null) return;
            if (!ReferenceEquals(current, entry))
            {
                throw new ReminderException(
                    $"Could not unregister reminder {entry.ReminderName} of {entry.Grain}: it was registered anew.");
            }

            table.Remove(entry.Grain, entry.ReminderName);
            lock (_lock) _entries.Remove((entry.Grain, entry.ReminderName));
        });
    }

    public ReminderEntry? Find(GrainId grain, string name)
    {
        lock (_lock) return _entries.GetValueOrDefault((grain, name));
    }

    // One change at a time, so that what is in memory changes in the order in which the store does. Off the grain's
    // scheduler, since the store blocks.
    private async Task ChangeAsync(Action<IReminderTable> change)
    {
        if (!await _changes.WaitAsync(_silo.Options.ResponseTimeout))
            throw new TimeoutException("The reminder could not be stored in time.");
        try
        {
            await Task.Run(() => change(_table ?? throw new SiloUnavailableException("Reminders have been stopped.")));
        }
        finally
        {
            _changes.Release();
        }
    }

    private void Schedule(ReminderEntry entry, DateTime tick)
    {
        lock (_lock)
        {
            _entries[(entry.Grain, entry.ReminderName)] = entry;
            if (_due.Count > MaxStaleTicks + (2 * _entries.Count)) DropStaleTicks();
            Enqueue(entry, tick);
        }
    }

    private DateTime Now() => _silo.Time.GetUtcNow().UtcDateTime;

    private void Enqueue(ReminderEntry entry, DateTime tick) => _due.Enqueue((entry, tick), tick);

    private bool IsCurrent(ReminderEntry entry) =>
        ReferenceEquals(_entries.GetValueOrDefault((entry.Grain, entry.ReminderName)), entry);

    private void DropStaleTicks()
    {
        var current = _due.UnorderedItems.Where(item => IsCurrent(item.Element.Entry)).ToArray();
        _due.Clear();
        _due.EnqueueRange(current);
    }

    /// <summary>Sends the ticks that are due, and sees to it that it is called again when the next is.</summary>
    private void SendDue()
    {
        List<(ReminderEntry Entry, DateTime Tick)> sent = [];
        lock (_lock)
        {
            while (!_ticksStopped && _due.TryPeek(out (ReminderEntry Entry, DateTime Tick) next, out _))
            {
                bool isCurrent = IsCurrent(next.Entry);
                TimeSpan wait = next.Tick - Now();
                if (isCurrent && wait > TimeSpan.Zero)
                {
                    _timer!.Change(
                        TimeSpan.FromTicks(Math.Clamp(wait.Ticks, ShortestWait.Ticks, LongestWait.Ticks)),
                        Timeout.InfiniteTimeSpan);

                    // The timer counts from when it was set, and by then it may have become due.
                    if (next.Tick > Now()) break;
                    continue;
                }

                // The end of a tick under way leads back here.
                if (isCurrent && _underWay == MaxTicksUnderWay) break;
                _due.Dequeue();
                if (!isCurrent) continue;
                _underWay++;
                sent.Add(next);
            }
        }

        foreach ((ReminderEntry entry, DateTime tick) in sent) _ = TickAsync(entry, tick);
    }

    private async Task TickAsync(ReminderEntry entry, DateTime tick)
    {
        try
        {
            var status = new TickStatus(entry.StartAt, entry.Period, Now());
            GrainReference grain = _silo.InterfaceOf(typeof(IRemindable)).Refer(entry.Grain);
            await ((IRemindable)(object)grain).ReceiveReminder(entry.ReminderName, status);
        }
        catch (Exception exception)
        {
            _silo.Log.LogError(exception, "Reminder {Name} of {Grain} failed.", entry.ReminderName, entry.Grain);
        }

        lock (_lock)
        {
            _underWay--;
            Enqueue(entry, entry.TickAfter(tick, Now()));
        }

        SendDue();
    }
}
