using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Coordination.Testing;

namespace Coordination.Client.Tests.Faults;

/// <summary>A process of tests/Client.Contender, whose writes go to fenced stores of the test.</summary>
internal sealed class ContenderProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly int _number;
    private readonly ContenderRecord _record;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Channel<string[]> _said = Channel.CreateUnbounded<string[]>();
    private readonly Task _answering;

    private ContenderProcess(Process process, int number, IReadOnlyDictionary<string, FencedStore> stores)
    {
        _process = process;
        _number = number;
        _record = new ContenderRecord(number, stores);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _lines.Writer.TryComplete();
            else
                _lines.Writer.TryWrite(line.Data);
        };
        _output.Capture(process);
        process.Start();
        ProcessesOfThisRun.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _answering = Task.Run(AnswerAsync);
    }

    /// <summary>The session that it was in when it last said so.</summary>
    public KnownSession? Session => _record.Session;

    /// <summary>How many of its sessions have ended.</summary>
    public int Expirations => _record.Expirations;

    /// <summary>What it says of its holds, besides its writes.</summary>
    public ChannelReader<string[]> Said => _said.Reader;

    /// <param name="number">Which one it is.</param>
    /// <param name="servers">What it connects to.</param>
    /// <param name="sessionTimeout">The session timeout that it asks for.</param>
    /// <param name="stores">What it writes to, by the names of the locks; those whose name does not begin with "lock" are
    /// elections.</param>
    public static ContenderProcess Start(
        int number, string servers, TimeSpan sessionTimeout, IReadOnlyDictionary<string, FencedStore> stores)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        string assembly = Path.Combine(AppContext.BaseDirectory, "Coordination.Client.Contender.dll");
        string timeout = ((int)sessionTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(dotnet, [assembly, servers, timeout, string.Join(',', stores.Keys)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        return new ContenderProcess(process, number, stores);
    }

    /// <summary>Holds the process.</summary>
    public void Freeze() => ProcessPause.Begin(_process);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => ProcessPause.End(_process);

    /// <summary>Its session is about to be ended behind its back, which no clock of its own can know.</summary>
    public void Rob(long session) => _record.Rob(session);

    /// <summary>Has it end in good order.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        await TellAsync("stop");
        using var timeout = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _answering.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the contender {_number} still runs after {within}: {_output.StandardError}");
        }
        if (_process.ExitCode != 0)
            throw new InvalidOperationException($"the contender {_number} exited with {_process.ExitCode}: {_output.StandardError}");
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        ProcessesOfThisRun.Remove(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AnswerAsync()
    {
        await foreach (string line in _lines.Reader.ReadAllAsync())
            await TakeAsync(line.Split(' '));
    }

    private async Task TakeAsync(string[] words)
    {
        if (words[0] == "write")
        {
            bool isAccepted = _record.Write(words[1], long.Parse(words[2], CultureInfo.InvariantCulture));
            await TellAsync($"{(isAccepted ? "accepted" : "refused")} {words[3]}");
            return;
        }
        _record.Take(words);
        if (words[0] is "holds" or "lost")
            _said.Writer.TryWrite(words);
    }

    private async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended; its exit code tells how.
        }
    }
}
