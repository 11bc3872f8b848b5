using System.Diagnostics;
using System.Globalization;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Testing;

/// <summary>
/// A server process on a free port and a data folder, both of which it keeps over any number of kills and starts.
/// </summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private const int MostStarts = 3;
    private const string MustStartAgain = "it has to be started again";

    private static readonly TimeSpan s_longestDeath = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestWrite = TimeSpan.FromSeconds(60);

    private readonly SiloOptions _options;
    private readonly TemporaryDirectory? _ownDirectory;
    private readonly ProcessOutput _output = new();
    private Process? _process;

    private SiloProcess(SiloOptions options)
    {
        _options = options;
        Version = options.Version;
        _ownDirectory = options.DataDirectory is null ? new TemporaryDirectory() : null;
        DataDirectory = options.DataDirectory ?? _ownDirectory!.Path;
        ClientEndPoint = new IPEndPoint(options.ClientAddress, FreePort.Take());
    }

    public string DataDirectory { get; }

    public IPEndPoint ClientEndPoint { get; }

    public string HostAndPort => ClientEndPoint.ToString();

    /// <summary>What it is at its next start.</summary>
    public SiloVersion Version { get; set; }

    /// <summary>All that the process wrote since its last start, both streams in the order of arrival.</summary>
    public string Output => _output.All;

    /// <summary>What it wrote to the standard error since its last start.</summary>
    public string StandardError => _output.StandardError;

    public bool HasExited => Current.HasExited;

    /// <summary>The exit code of a process that has exited; 128 and the signal where a signal ended it.</summary>
    public int ExitCode => Current.ExitCode;

    private Process Current => _process ?? throw new InvalidOperationException("the server was never started");

    /// <summary>Starts a server and waits until it serves sessions.</summary>
    public static async Task<SiloProcess> StartAsync(SiloOptions? options = null)
    {
        var server = Launch(options);
        try
        {
            await server.WaitUntilStartedAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server and waits for nothing: for those that are expected to refuse.</summary>
    public static SiloProcess Launch(SiloOptions? options = null)
    {
        var server = new SiloProcess(options ?? new SiloOptions());
        try
        {
            server.LaunchAgain();
            return server;
        }
        catch
        {
            server._ownDirectory?.Dispose();
            throw;
        }
    }

    /// <summary>Starts the server again, on its port and data folder, and waits until it serves sessions.</summary>
    public async Task StartAgainAsync()
    {
        LaunchAgain();
        await WaitUntilStartedAsync();
    }

    /// <summary>Starts the server again and waits for nothing.</summary>
    public void LaunchAgain()
    {
        if (_process is { HasExited: false })
            throw new InvalidOperationException("the server is running");
        _process?.Dispose();
        var startInfo = _options.Command is { } command ? new ProcessStartInfo(command) : SiloExecutable.StartInfo(Version.Assembly);
        if (_options.NetworkNamespace is { } network)
            startInfo = InNamespace(network, startInfo);
        foreach (string argument in CommandLine())
            startInfo.ArgumentList.Add(argument);
        foreach (var (name, value) in _options.Environment)
            startInfo.Environment[name] = value;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.RedirectStandardInput = true;
        startInfo.UseShellExecute = false;
        _output.Clear();
        _process = new Process { StartInfo = startInfo };
        _output.Capture(_process);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        ProcessesOfThisRun.Add(_process);
    }

    /// <summary>Waits until a session can be opened at a silo that was just started. One that the others took for dead meanwhile, or
    /// that did not get to the database, on a machine that is busy, is started again, as whoever looks after it would.</summary>
    /// <exception cref="InvalidOperationException">The process exited instead; the message tells all.</exception>
    public async Task WaitUntilStartedAsync()
    {
        for (int start = 1; ; start++)
        {
            try
            {
                await WaitUntilReadyAsync();
                return;
            }
            catch (InvalidOperationException) when (
                start < MostStarts && HasExited && Output.Contains(MustStartAgain, StringComparison.Ordinal))
            {
                LaunchAgain();
            }
        }
    }

    /// <summary>Waits until a session can be opened.</summary>
    /// <exception cref="InvalidOperationException">The process exited instead; the message tells all.</exception>
    public async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (HasExited)
            {
                await WaitForExitAsync(s_longestDeath);
                throw new InvalidOperationException($"the server exited with {ExitCode} at its start:\n{Output}");
            }

            try
            {
                await using var client = await RawZooKeeperClient.ConnectAsync(
                    ClientEndPoint, new ConnectParameters { ConnectTimeout = TimeSpan.FromSeconds(5) });
                await client.CloseSessionAsync();
                return;
            }
            catch (Exception exception) when (exception is ConnectionLostException or TimeoutException)
            {
                if (started.Elapsed > _options.ReadyWithin)
                {
                    throw new TimeoutException(
                        $"the server serves no session after {started.Elapsed.TotalSeconds:0} s "
                        + $"({exception.Message}):\n{Output}");
                }
            }

            await Task.Delay(25);
        }
    }

    /// <summary>Waits until the process has written a text, which comes a little later than what it tells of.</summary>
    /// <exception cref="TimeoutException">It has not; the message has all that it wrote.</exception>
    public async Task ExpectOutputAsync(string text)
    {
        for (var waited = Stopwatch.StartNew(); !Output.Contains(text, StringComparison.Ordinal);)
        {
            if (waited.Elapsed > s_longestWrite)
                throw new TimeoutException($"the server does not write '{text}':\n{Output}");
            await Task.Delay(10);
        }
    }

    /// <summary>Ends the process with SIGKILL and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Current.Kill();
        await WaitForExitAsync(s_longestDeath);
    }

    /// <summary>Ends the process with SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It runs on after the time that it was given.</exception>
    public async Task<int> TerminateAsync(TimeSpan within)
    {
        UnixSignal.Send(Current.Id, UnixSignal.Terminate);
        return await WaitForExitAsync(within);
    }

    /// <summary>Holds the process, as a pause of its machine would, and waits until it does nothing.</summary>
    public void Pause() => ProcessPause.Begin(Current);

    /// <summary>Lets a held process go on.</summary>
    public void Continue() => ProcessPause.End(Current);

    /// <summary>Waits for the process to exit by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        try
        {
            await Current.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the server still runs after {within.TotalSeconds:0.0} s:\n{Output}");
        }

        ProcessesOfThisRun.Remove(Current);
        return ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
                await KillAsync();
            _process.Dispose();
        }

        _ownDirectory?.Dispose();
    }

    // It becomes the process that it starts, so that signals reach the silo.
    private static ProcessStartInfo InNamespace(string name, ProcessStartInfo silo) =>
        new("ip", ["netns", "exec", name, silo.FileName, .. silo.ArgumentList]);

    private IEnumerable<string> CommandLine()
    {
        yield return "--client-port";
        yield return ClientEndPoint.Port.ToString(CultureInfo.InvariantCulture);
        if (!ClientEndPoint.Address.Equals(IPAddress.Loopback))
        {
            yield return "--client-address";
            yield return ClientEndPoint.Address.ToString();
        }

        // Its data is in the one or in the other.
        if (!_options.Arguments.Contains("--database"))
        {
            yield return "--data-dir";
            yield return DataDirectory;
        }

        yield return "--http-port";
        yield return "0";
        if (_options.TickTime is { } tickTime)
        {
            yield return "--tick-time";
            yield return ((int)tickTime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        foreach (string argument in _options.Arguments.Concat(Version.Arguments))
            yield return argument;
    }
}
