using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Gateway.Tests.Options;

/// <summary>The silo as an operator starts it: with these arguments and no others.</summary>
internal sealed class SiloCommand : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _standardOutput;
    private readonly Task<string> _standardError;

    private SiloCommand(Process process)
    {
        _process = process;
        _standardOutput = process.StandardOutput.ReadToEndAsync();
        _standardError = process.StandardError.ReadToEndAsync();
    }

    public int ProcessId => _process.Id;

    public static SiloCommand Start(
        IEnumerable<string> arguments, string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var startInfo = SiloExecutable.StartInfo();
        foreach (string argument in arguments)
            startInfo.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            startInfo.Environment[name] = value;
        if (workingDirectory is not null)
            startInfo.WorkingDirectory = workingDirectory;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        var process = Process.Start(startInfo)!;
        ProcessesOfThisRun.Add(process);
        return new SiloCommand(process);
    }

    /// <summary>Waits for a silo that has to refuse to start, and for what it has to say.</summary>
    /// <returns>The one line on its standard error.</returns>
    public static async Task<string> ExpectRefusalAsync(IEnumerable<string> arguments, string? workingDirectory = null)
    {
        await using var command = Start(arguments, workingDirectory);
        var (exitCode, output, error) = await command.WaitAsync();
        Assert.True(exitCode is > 0 and < 128, $"exit code {exitCode}: {error}");
        Assert.Empty(output);
        string line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("coordination: ", line);
        Assert.DoesNotContain("Exception", line);
        Assert.DoesNotContain("   at ", line);
        return line;
    }

    /// <summary>Waits for its end, and for all that it says.</summary>
    public async Task<(int ExitCode, string Output, string Error)> WaitAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(timeout.Token);
        return (_process.ExitCode, await _standardOutput, await _standardError);
    }

    /// <summary>Tells it to stop.</summary>
    public void Terminate() => UnixSignal.Send(_process.Id, UnixSignal.Terminate);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        ProcessesOfThisRun.Remove(_process);
        _process.Dispose();
    }
}
