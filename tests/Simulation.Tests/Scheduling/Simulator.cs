namespace Coordination.Simulation.Tests.Scheduling;

/// <summary>The virtual time of one run: what is to happen, in the order in which it does.</summary>
/// <remarks>Nothing in a run waits, and only one thread runs at a time: the same seed is the same run.</remarks>
internal sealed class Simulator
{
    private const int MostTraced = 200_000;

    private readonly PriorityQueue<ScheduledStep, (long Time, long Number)> _steps = new();
    private readonly List<string> _trace = [];
    private long _lastNumber;
    private int _baton = Environment.CurrentManagedThreadId;

    /// <summary>Begins a run.</summary>
    public Simulator(int seed) => Random = new Random(seed);

    /// <summary>The time since the run began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>What decides everything that could go one way or another.</summary>
    public Random Random { get; }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>What was broken, if anything was: the run ends with the step that broke it.</summary>
    public SimulationFailure? Failure { get; private set; }

    /// <summary>What happened, a line each.</summary>
    public IReadOnlyList<string> Trace => _trace;

    /// <summary>Whether <see cref="Tell"/> keeps what it is told.</summary>
    public bool IsTraced { get; init; } = true;

    /// <summary>Has something done after a delay.</summary>
    /// <param name="delay">The delay.</param>
    /// <param name="process">Whose step it is: it is not taken while the process is paused, nor once it is dead.</param>
    /// <param name="step">The step.</param>
    public void Schedule(TimeSpan delay, SimulatedProcess? process, Action step)
    {
        CheckBaton();
        _steps.Enqueue(new ScheduledStep(process, step), (Now.Ticks + Math.Max(0, delay.Ticks), ++_lastNumber));
    }

    /// <summary>Takes up steps that their process was not there for, in their order.</summary>
    internal void Retake(IEnumerable<(ScheduledStep Step, long Number)> steps)
    {
        foreach (var (step, number) in steps)
            _steps.Enqueue(step, (Now.Ticks, number));
    }

    /// <summary>Takes steps until a time, or until something is broken.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (Failure is null && _steps.TryPeek(out var step, out var order) && order.Time <= end.Ticks)
        {
            _steps.Dequeue();
            if (step.Process is { IsDead: true })
                continue;
            Now = TimeSpan.FromTicks(Math.Max(order.Time, Now.Ticks));
            if (step.Process is { } process && process.PausedUntil > Now)
            {
                process.Defer(step, order.Number);
                continue;
            }
            Steps++;
            try
            {
                if (step.Process is { } owner)
                    owner.Take(step.Action);
                else
                    step.Action();
            }
            catch (Exception e)
            {
                Fail(e as SimulationFailure ?? new SimulationFailure($"a step failed: {e}"));
            }
        }
        if (Failure is null && Now < end)
            Now = end;
    }

    /// <summary>Takes note of a broken promise.</summary>
    public void Fail(SimulationFailure failure)
    {
        if (Failure is not null)
            return;
        Failure = failure;
        Tell($"FAILED: {failure.Message}");
    }

    /// <summary>Breaks the run off, unless a promise holds.</summary>
    public void Check(bool holds, Func<string> what)
    {
        if (!holds)
            Fail(new SimulationFailure(what()));
    }

    /// <summary>Adds a line to the trace.</summary>
    public void Tell(FormattableString line)
    {
        if (IsTraced && _trace.Count < MostTraced)
            _trace.Add($"{Now.TotalMilliseconds,11:0.000} {FormattableString.Invariant(line)}");
    }

    /// <summary>A time between two, evenly.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromTicks(Random.NextInt64(least.Ticks, most.Ticks + 1));

    /// <summary>Whether something happens that has a probability.</summary>
    public bool Happens(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>Hands the run to another thread: only it may go on.</summary>
    internal void PassBaton(int thread) => _baton = thread;

    // What runs on the thread pool, or waits by a clock of its own, would end up here.
    private void CheckBaton()
    {
        if (Environment.CurrentManagedThreadId == _baton)
            return;
        var failure = new SimulationFailure($"something has left its thread:\n{Environment.StackTrace}");
        Fail(failure);
        throw failure;
    }
}
