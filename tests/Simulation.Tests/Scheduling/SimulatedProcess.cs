namespace Coordination.Simulation.Tests.Scheduling;

/// <summary>A process: it takes steps until it is killed, and none while it is paused.</summary>
/// <remarks>Whatever is awaited in it goes on in a step of its own, as on a thread pool: after a moment, in any order.</remarks>
internal sealed class SimulatedProcess
{
    private static readonly TimeSpan _longestHop = TimeSpan.FromMicroseconds(50);

    private readonly List<SimulatedThread> _threads = [];
    private readonly List<(ScheduledStep Step, long Number)> _deferred = [];
    private readonly SynchronizationContext _context;

    /// <summary>Starts a process.</summary>
    /// <param name="simulator">The run.</param>
    /// <param name="name">What the trace calls it.</param>
    /// <param name="clockOffset">How far its wall clock is off; its monotonic clock began that long ago, too.</param>
    public SimulatedProcess(Simulator simulator, string name, TimeSpan clockOffset)
    {
        Simulator = simulator;
        Name = name;
        Time = new ProcessTime(this, clockOffset);
        _context = new ProcessContext(this);
    }

    public Simulator Simulator { get; }

    public string Name { get; }

    public TimeProvider Time { get; }

    public bool IsDead { get; private set; }

    public TimeSpan PausedUntil { get; private set; }

    /// <summary>Runs a step of this process, at once.</summary>
    public void Take(Action step)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            step();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        WakeThreads();
    }

    /// <summary>Has a step of this process taken after a delay.</summary>
    public void Schedule(TimeSpan delay, Action step) => Simulator.Schedule(delay, this, step);

    /// <summary>Has a step of this process taken very soon.</summary>
    public void ScheduleSoon(Action step) => Schedule(Simulator.Between(TimeSpan.Zero, _longestHop), step);

    /// <summary>Starts a thread of this process, for code that blocks.</summary>
    /// <param name="body">What it does.</param>
    /// <param name="ended">Called when it ends, with what it failed by.</param>
    public void StartThread(Action<SimulatedThread> body, Action<Exception?> ended)
    {
        var thread = new SimulatedThread(this, body, ended);
        _threads.Add(thread);
        ScheduleSoon(thread.Resume);
    }

    /// <summary>Lets the process take no step for a while.</summary>
    public void PauseUntil(TimeSpan time)
    {
        if (time <= PausedUntil)
            return;
        PausedUntil = time;
        Simulator.Schedule(time - Simulator.Now, null, () =>
        {
            if (PausedUntil <= Simulator.Now)
                Wake();
        });
    }

    /// <summary>Lets the process go on, if it is paused, with what came meanwhile.</summary>
    public void Wake()
    {
        PausedUntil = TimeSpan.Zero;
        Simulator.Retake(_deferred);
        _deferred.Clear();
    }

    /// <summary>Keeps a step for when the process goes on.</summary>
    public void Defer(ScheduledStep step, long number) => _deferred.Add((step, number));

    /// <summary>Ends the process: all that it had in memory is gone.</summary>
    public void Kill()
    {
        IsDead = true;
        foreach (var thread in _threads)
            thread.Kill();
    }

    private void WakeThreads()
    {
        if (IsDead)
            return;
        foreach (var thread in _threads)
        {
            if (thread.TryWake())
                ScheduleSoon(thread.Resume);
        }
    }

    private sealed class ProcessContext(SimulatedProcess process) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object? state)
        {
            if (!process.IsDead)
                process.ScheduleSoon(() => callback(state));
        }

        public override void Send(SendOrPostCallback callback, object? state) =>
            throw new NotSupportedException("nothing in a process waits for another step of it");

        public override SynchronizationContext CreateCopy() => this;
    }
}
