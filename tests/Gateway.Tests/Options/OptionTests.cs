using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Options;

/// <summary>What the silo can be told at its start, where, and what it says to what it cannot be told.</summary>
public sealed class OptionTests
{
    [SiloTheory(Timeout = 180_000)]
    [InlineData("--client-prot is not an option; is --client-port meant? docs/options.md has", "--client-prot", "2181")]
    [InlineData("nonsense is not an option; docs/options.md has", "nonsense")]
    [InlineData("-client-port is not an option; is --client-port meant?", "-client-port", "2181")]
    [InlineData("--tick-time has no value", "--tick-time")]
    [InlineData("--client-port has no value", "--client-port", "--data-dir", "data")]
    [InlineData("--client-port has no value", "--client-port=")]
    [InlineData("--data-dir has no value", "--data-dir", "")]
    [InlineData("--data-dir and --database exclude each other", "--data-dir", "data", "--database", "Host=127.0.0.1")]
    [InlineData("--four-letter-words has xyzz, but there are ruok, isro,", "--four-letter-words", "srvr,xyzz")]
    [InlineData("--memory-soft-limit is above --memory-hard-limit, which is 99", "--memory-soft-limit", "100", "--memory-hard-limit", "99")]
    [InlineData("--client-port is 0, but must be a number from 1 to 65535", "--client-port", "0")]
    [InlineData("--client-port is 65536, but", "--client-port=65536")]
    [InlineData("--client-port is many, but", "--client-port", "many")]
    [InlineData("--http-port is -1, but", "--http-port", "-1")]
    [InlineData("--tick-time is 1.5, but", "--tick-time", "1.5")]
    [InlineData("--client-address is localhost, but must be an IP address", "--client-address", "localhost")]
    [InlineData("--jute-max-buffer is 99999999999, but", "--jute-max-buffer", "99999999999")]
    [InlineData("--min-session-timeout is above --max-session-timeout", "--min-session-timeout", "900000")]
    [InlineData("--http-port and --client-port are the same", "--client-port", "4444", "--http-port", "4444")]
    public async Task Option_that_cannot_be_used_is_one_line_and_no_silo(string expected, params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        string line = await SiloCommand.ExpectRefusalAsync(arguments, directory.Path);
        Assert.Contains(expected, line);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("--client-port", "--http-port")]
    [InlineData("--http-port", "--client-port")]
    public async Task Port_that_is_taken_is_one_line_and_no_silo(string option, string other)
    {
        using var directory = new TemporaryDirectory();
        int port = FreePort.Take();
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        string line = await SiloCommand.ExpectRefusalAsync([option, $"{port}", other, $"{FreePort.Take()}"], directory.Path);
        Assert.Equal($"coordination: {option} {port}: 127.0.0.1:{port} is in use", line);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Address_of_another_machine_is_one_line_and_no_silo()
    {
        using var directory = new TemporaryDirectory();
        // For documentation, by RFC 5737: nobody has it.
        string line = await SiloCommand.ExpectRefusalAsync(
            ["--client-address", "192.0.2.1", "--client-port", $"{FreePort.Take()}", "--http-port", "0"], directory.Path);
        Assert.Equal("coordination: --client-address 192.0.2.1: this machine has no such address", line);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task What_nobody_expects_is_one_line_too()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(
            directory.Combine("appsettings.json"), """{ "Logging": { "LogLevel": { "Default": "nonsense" } } }""");
        await using var command = SiloCommand.Start(
            ["--client-port", $"{FreePort.Take()}", "--http-port", "0"], directory.Path);
        var (exitCode, _, error) = await command.WaitAsync();
        Assert.Equal(1, exitCode);
        string line = Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("coordination: what was not expected at the start: ", line);
        Assert.Contains("nonsense", line);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Options_may_stand_in_the_environment()
    {
        using var directory = new TemporaryDirectory();
        var server = TakeEndPoint();
        await using var command = SiloCommand.Start([], directory.Path, new Dictionary<string, string>
        {
            ["COORDINATION_CLIENT_PORT"] = PortOf(server),
            ["COORDINATION_HTTP_PORT"] = "0",
            ["COORDINATION_DATA_DIR"] = "here",
            ["COORDINATION_TICK_TIME"] = "300",
            ["COORDINATION_DATABASE"] = "",
            ["COORDINATION_FUZZ_SEED"] = "what is not its own is let be",
        });
        Assert.Equal(TimeSpan.FromMilliseconds(600), await ReadLeastTimeoutAsync(server));
        Assert.True(File.Exists(Path.Combine(directory.Path, "here", "log.db")));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Options_may_stand_in_appsettings_of_the_working_directory()
    {
        using var directory = new TemporaryDirectory();
        var server = TakeEndPoint();
        await File.WriteAllTextAsync(
            directory.Combine("appsettings.json"),
            $$"""{ "client-port": {{PortOf(server)}}, "http-port": 0, "data-dir": "kept", "tick-time": 350 }""");
        await using var command = SiloCommand.Start([], directory.Path);
        Assert.Equal(TimeSpan.FromMilliseconds(700), await ReadLeastTimeoutAsync(server));
        Assert.True(File.Exists(Path.Combine(directory.Path, "kept", "log.db")));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Command_line_has_the_last_word_and_the_environment_the_last_but_one()
    {
        using var directory = new TemporaryDirectory();
        var server = TakeEndPoint();
        await File.WriteAllTextAsync(
            directory.Combine("appsettings.json"),
            """{ "client-port": 1, "tick-time": 100, "min-session-timeout": 100, "max-session-timeout": 123456 }""");
        await using var command = SiloCommand.Start(
            ["--client-port", PortOf(server), "--http-port=0", "--data-dir", "data", "--tick-time=400"],
            directory.Path,
            new Dictionary<string, string>
            {
                ["COORDINATION_CLIENT_PORT"] = "2",
                ["COORDINATION_TICK_TIME"] = "200",
                ["COORDINATION_MIN_SESSION_TIMEOUT"] = "777",
            });
        Assert.Equal(TimeSpan.FromMilliseconds(777), await ReadLeastTimeoutAsync(server));
        await using var client = await RawZooKeeperClient.ConnectAsync(
            server, new ConnectParameters { SessionTimeout = TimeSpan.FromDays(1) });
        Assert.Equal(TimeSpan.FromMilliseconds(123_456), client.SessionTimeout);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Settings_file_that_is_no_json_is_one_line_and_no_silo()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("appsettings.json"), "{\n  client-port: 2182\n}");
        string line = await SiloCommand.ExpectRefusalAsync([], directory.Path);
        Assert.Contains($"{directory.Combine("appsettings.json")} cannot be used: line 2, byte 3: 'c' is an invalid start", line);
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("client-prot is not an option; is client-port meant?", """ "client-prot": 5 """)]
    [InlineData("no-such-thing is not an option", """ "no-such-thing": {} """)]
    [InlineData("databse is not an option; is database meant?", """ "databse": "Host=127.0.0.1" """)]
    [InlineData("client-port has no value", """ "client-port": "" """)]
    [InlineData("four-letter-words must be one value", """ "four-letter-words": ["srvr", "mntr"] """)]
    public async Task Setting_that_cannot_be_used_is_one_line_and_no_silo(string expected, string setting)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("appsettings.json"), $$"""{ "Logging": {}, "urls": "", {{setting}} }""");
        string line = await SiloCommand.ExpectRefusalAsync([], directory.Path);
        Assert.Contains($"{directory.Combine("appsettings.json")}: {expected}", line);
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("--help", "usage: Coordination.Silo [--OPTION VALUE | --OPTION=VALUE]...")]
    [InlineData("-h", "--client-port 2181")]
    [InlineData("--version", "coordination 3.9.5-coordination-")]
    public async Task Who_asks_is_answered_and_nothing_starts(string argument, string expected)
    {
        using var directory = new TemporaryDirectory();
        await using var command = SiloCommand.Start([argument], directory.Path);
        var (exitCode, output, error) = await command.WaitAsync();
        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output);
        Assert.Equal("", error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task First_lines_say_where_it_listens_where_the_data_is_and_how_to_connect()
    {
        int httpPort = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            Arguments = ["--http-port", httpPort.ToString(CultureInfo.InvariantCulture)],
        });
        await silo.ExpectOutputAsync("zkCli.sh");
        string[] lines = silo.Output.Split('\n');
        Assert.Contains("ZooKeeper protocol", lines[0]);
        Assert.Contains(silo.HostAndPort, lines[0]);
        Assert.Contains(silo.DataDirectory, lines[1]);
        Assert.Contains($"http://127.0.0.1:{httpPort}/healthz/ready", lines[2]);
        Assert.Contains("/metrics", lines[2]);
        Assert.Contains("connect", lines[3]);
        Assert.Contains($"zkCli.sh -server {silo.HostAndPort}", lines[3]);
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("127.0.0.1")]
    [InlineData("silo1.example.org", "--advertised-client-address", "silo1.example.org")]
    public async Task First_lines_name_an_address_that_can_be_connected_to(string host, params string[] arguments)
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            Arguments = ["--client-address", "0.0.0.0", "--memory-soft-limit", "1", .. arguments],
        });
        await silo.ExpectOutputAsync("over the soft limit");
        string[] lines = silo.Output.Split('\n');
        Assert.Contains($"on 0.0.0.0:{silo.ClientEndPoint.Port}", lines[0]);
        Assert.Contains($"zkCli.sh -server {host}:{silo.ClientEndPoint.Port} ", lines[2]);
        // One more than in the tree: as srvr counts.
        Assert.Contains("(6 znodes, ", lines[1]);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Http_port_0_is_no_http_port()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions { Arguments = ["--http-port", "0"] });
        await silo.ExpectOutputAsync("zkCli.sh");
        Assert.DoesNotContain("http:", silo.Output);
        Assert.DoesNotContain("health", silo.Output);
        Assert.Empty(silo.StandardError);
    }

    private static IPEndPoint TakeEndPoint() => new(IPAddress.Loopback, FreePort.Take());

    private static string PortOf(IPEndPoint server) => server.Port.ToString(CultureInfo.InvariantCulture);

    // Of a server that may just be starting.
    private static async Task<TimeSpan> ReadLeastTimeoutAsync(IPEndPoint server)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await using var client = await RawZooKeeperClient.ConnectAsync(
                    server, new ConnectParameters { SessionTimeout = TimeSpan.FromMilliseconds(1) });
                await client.CloseSessionAsync();
                return client.SessionTimeout;
            }
            catch (ConnectionLostException) when (attempt < 2400)
            {
                await Task.Delay(50);
            }
        }
    }
}
