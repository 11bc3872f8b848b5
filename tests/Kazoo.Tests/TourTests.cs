using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Testing;
using Xunit.Abstractions;

namespace Coordination.Kazoo.Tests;

/// <summary>The README's five minutes with a stock client, as a newcomer goes through them.</summary>
public sealed partial class TourTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_longestFold = TimeSpan.FromSeconds(60);

    [OwnServerFact(Timeout = 420_000)]
    public async Task What_the_readme_says_can_be_done()
    {
        int httpPort = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--http-port", httpPort.ToString(CultureInfo.InvariantCulture)] });
        var blocks = Blocks().Matches(await ReadTourAsync())
            .Select(block => (Language: block.Groups["language"].Value, Text: Here(block.Groups["text"].Value, silo, httpPort)))
            .ToList();
        Assert.Equal(["python", "python", "sh"], blocks.Select(static block => block.Language));

        string said = await RunAsync("python", blocks[0].Text);
        Assert.Contains("""b'{"cpu": 4}'""", said);
        Assert.Contains("mine\n", said);
        Assert.Contains("[True, '/taier/runs']", said);

        await silo.KillAsync();
        await silo.StartAgainAsync();
        var waited = Stopwatch.StartNew();
        do
        {
            Assert.True(waited.Elapsed < s_longestFold, $"the tree is not in the checkpoint:\n{said}");
            said = await RunAsync("python", blocks[1].Text);
        }
        while (!said.Contains("""/taier/quota/daily-clean b'{"cpu": 4}'""", StringComparison.Ordinal));
        Assert.Contains("/taier/runs", said);
        // The log's rows: a position, two zxids as they are written everywhere, a length.
        Assert.Matches(@"(?m)^\d+ [1-9a-f]0000[0-9a-f]{4} [1-9a-f]0000[0-9a-f]{4} \d+$", said);

        said = await RunAsync("sh", blocks[2].Text);
        Assert.StartsWith("ready\n", said);
        Assert.Contains("\"server_stats\"", said);
        Assert.Contains("# TYPE znode_count gauge", said);
    }

    [GeneratedRegex("""^```(?<language>\w+)\n(?<text>.*?)^```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    private static async Task<string> ReadTourAsync()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "README.md"));
        string tour = readme.Split("\n## ").Single(static section => section.StartsWith("Five minutes", StringComparison.Ordinal));
        return tour + "\n";
    }

    // The addresses and the folder that the README takes for granted are this silo's.
    private static string Here(string text, SiloProcess silo, int httpPort) => text
        .Replace("127.0.0.1:2181", silo.HostAndPort, StringComparison.Ordinal)
        .Replace("localhost:8080", $"localhost:{httpPort}", StringComparison.Ordinal)
        .Replace("file:data/", $"file:{silo.DataDirectory}/", StringComparison.Ordinal);

    private async Task<string> RunAsync(string language, string text)
    {
        var startInfo = language == "python" ? await Python.StartInfoAsync("-c", text) : new ProcessStartInfo("sh", ["-ec", text]);
        if (language == "sh")
            await ClientProgram.RunAsync(new ProcessStartInfo("curl", ["--version"]), "curl", s_longest);
        string said = await ClientProgram.RunAsync(startInfo, "python3-kazoo", s_longest);
        output.WriteLine(said);
        return said;
    }
}
