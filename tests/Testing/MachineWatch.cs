using System.Diagnostics;
using System.Globalization;

namespace Coordination.Testing;

/// <summary>Watches whether the machine runs: what is promised within a time is not to be had of one that does not.</summary>
internal sealed class MachineWatch : IDisposable
{
    private const int BusyPerProcessor = 2;

    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_standstill = TimeSpan.FromMilliseconds(100);

    private readonly Thread _thread;
    private volatile bool _isOver;
    private volatile bool _stoodStill;

    public MachineWatch()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "Machine watch" };
        _thread.Start();
    }

    /// <summary>Whether a thread that only slept was late since the watch began, or more want to run than there are
    /// processors for.</summary>
    public bool IsMachineToBlame => _stoodStill || IsBusy;

    private static bool IsBusy =>
        File.Exists("/proc/loadavg")
        && double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
            > BusyPerProcessor * Environment.ProcessorCount;

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_isOver)
        {
            long began = Stopwatch.GetTimestamp();
            Thread.Sleep(s_nap);
            if (Stopwatch.GetElapsedTime(began) > s_nap + s_standstill)
                _stoodStill = true;
        }
    }
}
