using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>A node of the scheduler, in a process of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan _longestDeath = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<string> _arguments;
    private readonly ProcessOutput _output = new();
    private Process? _process;

    public NodeProcess(string name, IReadOnlyList<string> arguments)
    {
        Name = name;
        _arguments = arguments;
        Start();
    }

    public string Name { get; }

    /// <summary>What it wrote since its last start.</summary>
    public string Output => _output.All;

    private Process Current => _process ?? throw new InvalidOperationException($"{Name} was never started");

    /// <summary>Starts it, again where it has ended.</summary>
    public void Start()
    {
        var startInfo = BuiltProgram.StartInfo("samples/Scheduler", "Coordination.Scheduler");
        startInfo.ArgumentList.Add("node");
        foreach (string argument in _arguments)
            startInfo.ArgumentList.Add(argument);
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.UseShellExecute = false;
        _output.Clear();
        _process?.Dispose();
        _process = new Process { StartInfo = startInfo };
        _output.Capture(_process);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        ProcessesOfThisRun.Add(_process);
    }

    /// <summary>Ends it with SIGKILL, frozen or not.</summary>
    public async Task KillAsync()
    {
        Current.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a deployment does.</summary>
    public async Task TerminateAsync()
    {
        UnixSignal.Send(Current.Id, UnixSignal.Terminate);
        await WaitForExitAsync();
    }

    /// <summary>Freezes it with SIGSTOP.</summary>
    public void Freeze() => UnixSignal.Send(Current.Id, UnixSignal.Stop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => UnixSignal.Send(Current.Id, UnixSignal.Continue);

    /// <summary>Fails where it has ended by itself, which it never should.</summary>
    public void CheckRuns() => Assert.False(Current.HasExited, $"{Name} has ended by itself:\n{Output}");

    public async ValueTask DisposeAsync()
    {
        if (!Current.HasExited)
            await KillAsync();
        Current.Dispose();
    }

    private async Task WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(_longestDeath);
        await Current.WaitForExitAsync(timeout.Token);
        ProcessesOfThisRun.Remove(Current);
    }
}
