using System.Text.RegularExpressions;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Java.Tests;

/// <summary>ZooKeeper's own shell prints the same about the server under test as about Apache ZooKeeper.</summary>
public sealed partial class ShellTests(ShellServers servers, ITestOutputHelper output) : IClassFixture<ShellServers>
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(150);

    private static readonly string s_commands = Path.Combine(JavaPrograms.Folder, "commands");

    /// <summary>The files with the shell's lines.</summary>
    public static TheoryData<string> Commands => [..
        Directory.EnumerateFiles(s_commands, "*.txt")
            .Select(static file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal)];

    [Theory(Timeout = 900_000)]
    [MemberData(nameof(Commands))]
    public Task Shell_prints_the_same(string commands) => Rounds.OneGoesWellAsync(
        async _ =>
        {
            // On a machine that is busy an event may be printed behind the answer to the next command, by either.
            var expected = await PlayAsync(commands, servers.ZooKeeper);
            var actual = await PlayAsync(commands, servers.UnderTest);
            output.WriteLine(string.Concat(actual));
            Assert.Equal(expected, actual);
        },
        most: 3);

    /// <summary>What the shell prints, command by command, and then the events, which another thread prints: behind whichever
    /// command it comes to, be it the last.</summary>
    private static async Task<IReadOnlyList<string>> PlayAsync(string commands, SiloProcess server)
    {
        string file = Path.Combine(s_commands, commands + ".txt");
        string printed = await JavaPrograms.RunAsync("Shell", [server.HostAndPort, file], s_longest, server);
        Assert.Contains("\n> end\n", printed, StringComparison.Ordinal);
        var lines = Normalise(printed, server.HostAndPort).Split('\n').ToLookup(IsOfEvent);
        return [.. string.Join('\n', lines[false]).Split("\n> ").Skip(1).Select(InOneOrder), string.Join('\n', lines[true])];
    }

    private static string Normalise(string printed, string server)
    {
        printed = printed.Replace(server, "SERVER", StringComparison.Ordinal);
        printed = Time().Replace(printed, "$1TIME");
        // Which zxids there are differs: here a refused write uses none up.
        printed = Zxid().Replace(printed, "$1ZXID");
        printed = Extensions().Replace(printed, string.Empty);
        return Session().Replace(printed, "SESSION");
    }

    private static bool IsOfEvent(string line) =>
        line.StartsWith("WATCHER::", StringComparison.Ordinal) || line.StartsWith("WatchedEvent ", StringComparison.Ordinal);

    /// <summary>A command with its lines sorted: an event and an answer are printed by two threads.</summary>
    private static string InOneOrder(string section)
    {
        var lines = section.Split('\n');
        var rest = lines.Skip(1).Where(static line => line.Length > 0).Order(StringComparer.Ordinal);
        return string.Join('\n', rest.Prepend(lines[0])) + "\n";
    }

    [GeneratedRegex("^(ctime = |mtime = ).*$", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex("^([cmp]Zxid = ).*$", RegexOptions.Multiline)]
    private static partial Regex Zxid();

    // The znode that ZooKeeper has not: in a line of its own, or in a list.
    [GeneratedRegex("^/zookeeper/extensions\\n|extensions, ", RegexOptions.Multiline)]
    private static partial Regex Extensions();

    [GeneratedRegex("0x[0-9a-f]{12,16}")]
    private static partial Regex Session();
}
