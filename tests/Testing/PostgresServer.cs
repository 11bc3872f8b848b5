using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Coordination.Testing;

/// <summary>A PostgreSQL server of the tests' own, on a free port and a temporary folder, which it keeps over any number
/// of kills and starts.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan s_longestStart = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private readonly ProcessOutput _output = new();
    private Process? _process;
    private bool _isPaused;

    private readonly string _addresses;

    private PostgresServer(string addresses = "127.0.0.1")
    {
        _addresses = addresses;
        Port = FreePort.Take();
    }

    public int Port { get; }

    /// <summary>What it takes to connect to the database named <c>postgres</c>.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=coordination;Database=postgres";

    private string KeptFolder => Path.Combine(_directory.Path, "kept");

    private string DataFolder => Path.Combine(_directory.Path, "data");

    private Process Current => _process ?? throw new InvalidOperationException("the database was never started");

    /// <summary>Makes a server and waits until it takes connections.</summary>
    public static Task<PostgresServer> StartAsync() => StartAsync(new PostgresServer());

    /// <summary>Makes a server that takes connections from a network of the test's own, too.</summary>
    /// <param name="network">The network, as CIDR.</param>
    public static Task<PostgresServer> StartForAsync(string network) => StartAsync(
        new PostgresServer("*"), $"host all all {network} trust\n");

    private static async Task<PostgresServer> StartAsync(PostgresServer server, string access = "")
    {
        try
        {
            await server.InitializeAsync();
            await File.AppendAllTextAsync(Path.Combine(server.DataFolder, "pg_hba.conf"), access);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby of a server that runs, which follows it without the server waiting for it.</summary>
    public static async Task<PostgresServer> StartStandbyAsync(PostgresServer primary)
    {
        var standby = new PostgresServer();
        try
        {
            standby.OpenFolder();
            await RunAsync("pg_basebackup", [
                "-D", standby.DataFolder, "-h", "127.0.0.1", "-p", primary.Port.ToString(CultureInfo.InvariantCulture),
                "-U", "coordination", "-c", "fast", "-X", "stream", "-R", "--no-sync"]);
            await standby.StartAgainAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a standby's following: what is written from now on it has not got.</summary>
    public Task StopFollowingAsync() => SetAsync("primary_conninfo", "");

    /// <summary>Has every commit wait for a standby.</summary>
    /// <param name="standby">The name that the standby gives itself; empty for none.</param>
    public Task WaitForStandbyAsync(string standby) => SetAsync("synchronous_standby_names", standby);

    /// <summary>Lets a standby take writes.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", ["promote", "-w", "-D", DataFolder]);

    /// <summary>Keeps a copy of the data of a server that does not run.</summary>
    public void Keep() => Copy(DataFolder, KeptFolder);

    /// <summary>Puts the data back as it was kept.</summary>
    public void Restore()
    {
        Directory.Delete(DataFolder, recursive: true);
        Copy(KeptFolder, DataFolder);
    }

    /// <summary>Starts it again, on its port and data, and waits until it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        _process?.Dispose();
        _output.Clear();
        _process = new Process { StartInfo = StartInfo("postgres", [
            "-D", DataFolder, "-p", Port.ToString(CultureInfo.InvariantCulture), "-k", DataFolder,
            "-c", $"listen_addresses={_addresses}", "-c", "max_connections=100"]) };
        _output.Capture(_process);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        ProcessesOfThisRun.Add(_process);
        var started = Stopwatch.StartNew();
        while (!IsReady() || !await IsListeningAsync())
        {
            if (_process.HasExited || started.Elapsed > s_longestStart)
                throw new InvalidOperationException($"PostgreSQL does not start:\n{_output.All}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends it at once, as a crash would: what was committed is recovered at the next start.</summary>
    public async Task KillAsync()
    {
        if (_isPaused)
            Continue();
        UnixSignal.Send(Current.Id, UnixSignal.Quit);
        await WaitForExitAsync();
    }

    /// <summary>Holds the server and all of its processes with SIGSTOP: it neither answers nor hangs up.</summary>
    public void Pause()
    {
        _isPaused = true;
        // First the one that starts the others.
        UnixSignal.Send(Current.Id, UnixSignal.Stop);
        foreach (int child in Children())
            UnixSignal.Send(child, UnixSignal.Stop);
    }

    /// <summary>Lets it go on.</summary>
    public void Continue()
    {
        foreach (int child in Children())
            UnixSignal.Send(child, UnixSignal.Continue);
        UnixSignal.Send(Current.Id, UnixSignal.Continue);
        _isPaused = false;
    }

    /// <summary>Shuts it down, connections and all.</summary>
    public async Task StopAsync()
    {
        UnixSignal.Send(Current.Id, UnixSignal.Interrupt);
        await WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        _directory.Dispose();
    }

    private static string FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        string? version = Directory.Exists(debian)
            ? Directory.GetDirectories(debian)
                .OrderBy(path => int.TryParse(Path.GetFileName(path), out int number) ? number : 0).LastOrDefault()
            : null;
        return version is null
            ? throw new MissingProgramException("PostgreSQL", "postgresql")
            : Path.Combine(version, "bin");
    }

    // It refuses to run as root.
    private static ProcessStartInfo StartInfo(string program, string[] arguments)
    {
        string path = Path.Combine(FindBinaries(), program);
        bool isRoot = Environment.UserName == "root";
        var startInfo = new ProcessStartInfo(isRoot ? "setpriv" : path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        if (isRoot)
        {
            foreach (string argument in (string[])["--reuid=postgres", "--regid=postgres", "--clear-groups", path])
                startInfo.ArgumentList.Add(argument);
        }
        foreach (string argument in arguments)
            startInfo.ArgumentList.Add(argument);
        startInfo.Environment["LC_ALL"] = "C";
        return startInfo;
    }

    private async Task InitializeAsync()
    {
        OpenFolder();
        await RunAsync("initdb", [
            "-D", DataFolder, "-U", "coordination", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
    }

    // The folder is ours, the server another user's.
    private void OpenFolder()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("the tests' PostgreSQL runs on Linux");
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
    }

    // The processes of the server hear of it within a moment, each for itself.
    private async Task SetAsync(string setting, string value)
    {
        foreach (string command in (string[])[$"ALTER SYSTEM SET {setting} = '{value}'", "SELECT pg_reload_conf()"])
        {
            await RunAsync("psql", [
                "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", "coordination", "-c", command,
                "postgres"]);
        }
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments) };
        var output = new ProcessOutput();
        output.Capture(process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(s_longestStart);
        await process.WaitForExitAsync(timeout.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed:\n{output.All}");
    }

    // With its owner and its modes, of which PostgreSQL is particular.
    private static void Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        if (!copy.WaitForExit(s_longestStart) || copy.ExitCode != 0)
            throw new InvalidOperationException($"{from} cannot be copied to {to}");
    }

    private async Task<bool> IsListeningAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // A standby that follows takes connections to read.
    private bool IsReady() => _output.All.Contains("ready to accept connections", StringComparison.Ordinal)
        || _output.All.Contains("ready to accept read-only connections", StringComparison.Ordinal);

    private int[] Children()
    {
        string children = File.ReadAllText($"/proc/{Current.Id}/task/{Current.Id}/children");
        return
        [
            .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
        ];
    }

    private async Task WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(s_longestStop);
        await Current.WaitForExitAsync(timeout.Token);
        ProcessesOfThisRun.Remove(Current);
    }
}
