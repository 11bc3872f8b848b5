using System.Diagnostics;

namespace Coordination.Scheduler.Live;

/// <summary>The silo or a node, started beside the view; what it writes goes to a file.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(10);

    private readonly Func<ProcessStartInfo> _startInfo;
    private readonly string _log;
    private Process? _process;

    public ChildProcess(string name, string folder, Func<ProcessStartInfo> startInfo)
    {
        Name = name;
        _log = Path.Combine(folder, name + ".log");
        _startInfo = startInfo;
        // Where the view itself is killed nobody can end them; where it exits they go with it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
    }

    public string Name { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process is null or { HasExited: true };

    /// <summary>Whether it is frozen.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Starts it.</summary>
    public void Start()
    {
        var startInfo = _startInfo();
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.RedirectStandardInput = true;
        var process = new Process { StartInfo = startInfo };
        var log = TextWriter.Synchronized(new StreamWriter(_log, append: true) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false } running)
            running.Kill();
    }

    /// <summary>Freezes it for a while, with SIGSTOP and SIGCONT.</summary>
    public async Task FreezeAsync(TimeSpan duration)
    {
        IsFrozen = true;
        await SignalAsync("STOP");
        await Task.Delay(duration);
        await SignalAsync("CONT");
        IsFrozen = false;
    }

    /// <summary>Asks it to end, and ends it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
            return;
        await SignalAsync("CONT");
        await SignalAsync("TERM");
        using var limit = new CancellationTokenSource(_longestEnd);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Kill();
    }

    private async Task SignalAsync(string signal)
    {
        if (HasExited)
            return;
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
