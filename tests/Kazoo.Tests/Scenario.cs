using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Coordination.Testing;

namespace Coordination.Kazoo.Tests;

/// <summary>A run of one of the scripts in the folder scenarios.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    // The scripts end themselves before this, and then say where they hung.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(135);

    private readonly string _name;
    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private Scenario(string name, ProcessStartInfo startInfo)
    {
        _name = name;
        _process = new Process { StartInfo = startInfo };
        _output.Capture(_process);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _lines.Writer.Complete();
            else
                _lines.Writer.TryWrite(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        ProcessesOfThisRun.Add(_process);
    }

    /// <summary>The names of all scenarios in a folder.</summary>
    internal static TheoryData<string> AllIn(string folder)
    {
        var names = Directory.EnumerateFiles(Path.Combine(Python.ScenariosDirectory, folder), "*.py")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);
        return [.. names];
    }

    internal static async Task<Scenario> StartAsync(
        string folder, string name, string server, TimeSpan tickTime, params string[] arguments)
    {
        string tick = ((int)tickTime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        string script = Path.Combine(Python.ScenariosDirectory, folder, name + ".py");
        return new Scenario(name, await Python.StartInfoAsync([script, server, tick, .. arguments]));
    }

    /// <summary>Runs a scenario that needs nothing but the server, to its end.</summary>
    /// <remarks>Scenarios have sessions of two ticks, and hold what is done to within half a second of what is promised.</remarks>
    /// <returns>What it had to say.</returns>
    internal static async Task<string> RunAsync(string folder, string name, string server, TimeSpan tickTime)
    {
        string said = "";
        await Rounds.OneGoesWellAsync(
            async _ =>
            {
                await using var scenario = await StartAsync(folder, name, server, tickTime);
                said = await scenario.FinishAsync();
            },
            most: 3);
        return said;
    }

    /// <summary>The next line that the script says; null when it has ended.</summary>
    internal async Task<string?> NextLineAsync()
    {
        using var timeout = new CancellationTokenSource(s_longest);
        while (await _lines.Reader.WaitToReadAsync(timeout.Token))
        {
            if (_lines.Reader.TryRead(out string? line))
                return line;
        }

        return null;
    }

    internal async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The script has ended; how it did is what matters, and FinishAsync tells.
        }
    }

    /// <summary>Waits for the script's end and fails where it did.</summary>
    /// <returns>What it had to say.</returns>
    internal async Task<string> FinishAsync()
    {
        using var timeout = new CancellationTokenSource(s_longest);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_name}.py still runs after {s_longest.TotalSeconds} s:\n{_output.All}");
        }

        Assert.True(_process.ExitCode == 0, $"{_name}.py exited with {_process.ExitCode}:\n{_output.All}");
        return _output.All;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        ProcessesOfThisRun.Remove(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
