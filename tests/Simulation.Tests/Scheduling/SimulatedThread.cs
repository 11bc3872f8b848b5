namespace Coordination.Simulation.Tests.Scheduling;

/// <summary>A thread of a simulated process, for code that blocks: it runs while everything else stands still, and
/// everything else runs while it waits.</summary>
internal sealed class SimulatedThread
{
    [ThreadStatic]
    private static SimulatedThread? t_current;

    private readonly SimulatedProcess _process;
    private readonly Action<SimulatedThread> _body;
    private readonly Action<Exception?> _ended;
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private Thread? _thread;
    private Func<bool>? _condition;
    private Exception? _failure;
    private bool _isKilled;
    private bool _isOver;

    public SimulatedThread(SimulatedProcess process, Action<SimulatedThread> body, Action<Exception?> ended)
    {
        _process = process;
        _body = body;
        _ended = ended;
    }

    /// <summary>The simulated thread that this is; null on the thread that takes the steps.</summary>
    public static SimulatedThread? Current => t_current;

    /// <summary>Lets the thread run until it waits again, or ends.</summary>
    public void Resume()
    {
        if (_isOver)
            return;
        int thread = Environment.CurrentManagedThreadId;
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = _process.Name };
            _thread.Start();
        }
        _process.Simulator.PassBaton(_thread.ManagedThreadId);
        _go.Release();
        _back.Wait();
        _process.Simulator.PassBaton(thread);
        if (_isOver && !_isKilled)
            _ended(_failure);
    }

    /// <summary>Waits, on this thread, until a condition holds, which steps of its process bring about.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        if (condition())
            return;
        _condition = condition;
        _back.Release();
        _go.Wait();
        if (_isKilled)
            throw new ThreadKilledException();
    }

    /// <summary>Waits, on this thread, for a time.</summary>
    public void Rest(TimeSpan time)
    {
        bool isOver = false;
        _process.Schedule(time, () => isOver = true);
        WaitUntil(() => isOver);
    }

    /// <summary>Whether what it waits for has come: then it is to be resumed.</summary>
    public bool TryWake()
    {
        if (_condition is null || !_condition())
            return false;
        _condition = null;
        return true;
    }

    /// <summary>Ends the thread where it waits.</summary>
    public void Kill()
    {
        _isKilled = true;
        _condition = null;
        if (_thread is null || _isOver || t_current == this)
            return;
        Resume();
    }

    private void Run()
    {
        t_current = this;
        _go.Wait();
        try
        {
            if (!_isKilled)
                _process.Take(() => _body(this));
        }
        catch (Exception e)
        {
            _failure = e;
        }
        _isOver = true;
        _back.Release();
    }

    private sealed class ThreadKilledException : Exception;
}
