using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests;

/// <summary>A log with a damaged row in its middle: the server says so and stops, and does not make it worse.</summary>
public sealed partial class DamagedLogTests : IDisposable
{
    private const int Znodes = 200;
    private static readonly TimeSpan s_stopsWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _data = new();
    private readonly TemporaryDirectory _earlier = new();
    private readonly byte[][] _values =
        [.. Enumerable.Range(0, Znodes).Select(_ => RandomNumberGenerator.GetBytes(1000))];

    private string LogFile => _data.Combine("log.db");

    [SiloFact(Timeout = 240_000)]
    public async Task A_damaged_row_stops_the_server_and_stays_as_it_is()
    {
        var options = new SiloOptions { DataDirectory = _data.Path };
        await using var server = await SiloProcess.StartAsync(options);
        await server.TerminateAsync(s_stopsWithin);
        CopyCheckpoint(_data, _earlier);
        await server.StartAgainAsync();
        await WriteAsync(server);
        await server.TerminateAsync(s_stopsWithin);

        // With the checkpoint of before, the server has to read every row. That it can shows that what follows is
        // about the damage and not about the older checkpoint.
        CopyCheckpoint(_earlier, _data);
        await server.StartAgainAsync();
        await VerifyAsync(server);
        await server.TerminateAsync(s_stopsWithin);

        CopyCheckpoint(_earlier, _data);
        Damage(_values[Znodes / 2]);
        byte[] damaged = await File.ReadAllBytesAsync(LogFile);
        server.LaunchAgain();
        int exitCode = await server.WaitForExitAsync(s_stopsWithin);
        Assert.True(exitCode is > 0 and < 128, $"the server exited with {exitCode}:\n{server.Output}");
        byte[] left = await File.ReadAllBytesAsync(LogFile);
        Assert.True(damaged.SequenceEqual(left), "the server changed the damaged log");
        string[] lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Count(line => Complaint().IsMatch(line)) == 1, $"not one clear line:\n{server.Output}");
        Assert.DoesNotContain(lines, line => line.StartsWith("   at ", StringComparison.Ordinal));

        // Not a matter of luck or of the first look.
        server.LaunchAgain();
        Assert.Equal(exitCode, await server.WaitForExitAsync(s_stopsWithin));
    }

    public void Dispose()
    {
        _data.Dispose();
        _earlier.Dispose();
    }

    // It names the log, that it is damaged, and where.
    [GeneratedRegex(@"(?i)\blog\b.*(corrupt|damage|checksum|torn)|(corrupt|damage|checksum|torn).*\blog\b")]
    private static partial Regex Complaint();

    private static void CopyCheckpoint(TemporaryDirectory from, TemporaryDirectory to)
    {
        foreach (string file in Directory.EnumerateFiles(to.Path, "checkpoint.db*"))
            File.Delete(file);
        foreach (string file in Directory.EnumerateFiles(from.Path, "checkpoint.db*"))
            File.Copy(file, to.Combine(Path.GetFileName(file)));
    }

    private async Task WriteAsync(SiloProcess server)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(server.ClientEndPoint);
        // One at a time, so that they are as many rows.
        for (int i = 0; i < Znodes; i++)
            Assert.Equal(ErrorCode.Ok, (await client.CreateAsync($"/znode-{i}", _values[i])).Error);
        await client.CloseSessionAsync();
    }

    private async Task VerifyAsync(SiloProcess server)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(server.ClientEndPoint);
        for (int i = 0; i < Znodes; i++)
            Assert.Equal(_values[i], (await client.GetDataAsync($"/znode-{i}")).Value.Data);
        await client.CloseSessionAsync();
    }

    private void Damage(byte[] value)
    {
        byte[] file = File.ReadAllBytes(LogFile);
        // Part of it: a database's page may end within the value.
        int place = file.AsSpan().IndexOf(value.AsSpan(0, 16));
        Assert.True(place >= 0, "what was written is not in log.db after the server has stopped");
        file[place + 8] ^= 0x10;
        File.WriteAllBytes(LogFile, file);
    }
}
