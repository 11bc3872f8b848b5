using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>The words that list connections, sessions and watches, as ZooKeeper 3.8 writes them.</summary>
public sealed partial class ListingWordTests(EveryWordSilo silo) : IClassFixture<EveryWordSilo>
{
    [Fact(Timeout = 120_000)]
    public async Task Wchs_counts_the_watches_of_data()
    {
        await using var client = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        await WatchAsync(client, other);
        // Until the watches of connections that have just ended are gone.
        const string Expected = "2 connections watching 2 paths\nTotal watches:3\n";
        string told = await AskAsync("wchs");
        for (var waited = Stopwatch.StartNew(); told != Expected && waited.Elapsed < RunningSilo.Soon;)
        {
            await Task.Delay(10);
            told = await AskAsync("wchs");
        }

        Assert.Equal(Expected, told);
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Wchc_lists_paths_by_session()
    {
        await using var client = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        await WatchAsync(client, other);
        var sessions = await ReadSetsAsync("wchc", count: 2);
        Assert.Equal(["/"], sessions[$"0x{client.SessionId:x}"]);
        Assert.Equal(["/", "/watched-none"], sessions[$"0x{other.SessionId:x}"].Order(StringComparer.Ordinal));
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Wchp_lists_sessions_by_path()
    {
        await using var client = await silo.ConnectAsync();
        await using var other = await silo.ConnectAsync();
        await WatchAsync(client, other);
        var paths = await ReadSetsAsync("wchp", count: 2);
        string[] both = [$"0x{client.SessionId:x}", $"0x{other.SessionId:x}"];
        Assert.Equal(both.Order(), paths["/"].Order());
        Assert.Equal([$"0x{other.SessionId:x}"], paths["/watched-none"]);
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Hundred_thousand_watches_are_listed_whole_while_others_are_served()
    {
        const int Watches = 100_000;
        await using var client = await silo.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, Watches).Select(i => client.ExistsAsync($"/many/{i:d6}", watch: true)));
        await using var other = await silo.ConnectAsync();
        var asked = AskAsync("wchp");
        while (!asked.IsCompleted)
            Assert.True((await other.ExistsAsync("/")).IsOk);
        var paths = ReadSets(await asked);
        Assert.Equal(Watches, paths.Count);
        Assert.Equal([$"0x{client.SessionId:x}"], paths["/many/099999"]);
        Assert.Equal(Watches + 3, (await AskAsync("wchc")).Count(static letter => letter == '\n') + 1);
        await client.CloseSessionAsync();
        await other.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Dump_lists_sessions_by_their_ends_and_what_they_own()
    {
        await using var client = await silo.ConnectAsync(new ConnectParameters { SessionTimeout = TimeSpan.FromSeconds(30) });
        await client.CreateAsync("/owned", null, CreateMode.Ephemeral);
        string text = await AskAsync("dump");
        var shape = DumpShape().Match(text);
        Assert.True(shape.Success, text);
        string id = $"0x{client.SessionId:x}";
        Assert.Contains($"\n{id}:\n\t/owned\n", shape.Groups["ephemerals"].Value);
        Assert.Contains($" sessionId: {id}\n", shape.Groups["connections"].Value);
        string end = Regex.Match(shape.Groups["sessions"].Value, @"expire at (.*):\n(\t0x.*\n)*\t" + id + "\n").Groups[1].Value;
        var until = DateTime.ParseExact(end, "ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture) - DateTime.UtcNow;
        Assert.InRange(until.TotalSeconds, 5, 34);
        await client.CloseSessionAsync();
        Assert.DoesNotContain("/owned", await AskAsync("dump"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Cons_tells_what_a_connection_did_last_until_crst()
    {
        await using var client = await silo.ConnectAsync(new ConnectParameters { SessionTimeout = TimeSpan.FromSeconds(12) });
        long zxid = (await client.Create2Async("/connected", null)).Value.Stat.Czxid;
        await client.GetChildrenAsync("/");
        var line = await ReadLineAsync(client);
        Assert.Equal(("GETC", "12000", $"{zxid:x}"), (line["lop"], line["to"], line["lzxid"]));
        Assert.Equal(("3", "3", "0"), (line["received"], line["sent"], line["queued"]));
        Assert.True(line["lcxid"].Length > 0);
        var age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(line["est"], CultureInfo.InvariantCulture));
        Assert.InRange(age.TotalSeconds, -1, 60);
        await client.SetDataAsync("/connected", [1]);
        Assert.Equal("SETD", (await ReadLineAsync(client))["lop"]);

        Assert.Equal("Connection stats reset.\n", await AskAsync("crst"));
        line = await ReadLineAsync(client);
        Assert.Equal(("0", "0", "NA", ""), (line["received"], line["sent"], line["lop"], line["lcxid"]));
        await client.DeleteAsync("/connected");
        Assert.Equal(("1", "DELE"), ((line = await ReadLineAsync(client))["received"], line["lop"]));
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Srst_begins_to_count_anew()
    {
        await using var client = await silo.ConnectAsync();
        for (int i = 0; i < 100; i++)
            await client.ExistsAsync("/");
        Assert.Equal("Server stats reset.\n", await AskAsync("srst"));
        int received = int.Parse(Regex.Match(await AskAsync("srvr"), @"\nReceived: (\d+)\n").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(received, 0, 90);
        await client.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Dirs_tells_the_sizes_of_the_files()
    {
        var sizes = Regex.Match(await AskAsync("dirs"), @"\Adatadir_size: (\d+)\nlogdir_size: (\d+)\n\z");
        Assert.True(sizes.Success);
        Assert.True(long.Parse(sizes.Groups[1].Value, CultureInfo.InvariantCulture) > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Envi_starts_with_the_version_that_clients_look_for()
    {
        string text = await AskAsync("envi");
        Assert.Matches(@"\AEnvironment:\nzookeeper\.version=3\.\d+\.\d+-.*\nhost\.name=.+\n", text);
        Assert.All(["os.name", "os.arch", "os.version", "user.name", "user.dir"], key => Assert.Contains($"\n{key}=", text));
        Assert.All(text.TrimEnd('\n').Split('\n').Skip(1), static line => Assert.Contains('=', line));
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("gtmk")]
    [InlineData("hash")]
    [InlineData("stmk")]
    public async Task Words_that_nothing_stands_behind_are_refused(string word) =>
        Assert.Equal($"{word} is not executed because it is not in the whitelist.\n", await AskAsync(word));

    [GeneratedRegex(
        @"\ASessionTracker dump:\nSession Sets \(\d+\)/\(\d+\):\n(?<sessions>(\d+ expire at .*:\n(\t0x[0-9a-f]+\n)*)*)"
        + @"ephemeral nodes dump:\nSessions with Ephemerals \(\d+\):(?<ephemerals>\n(0x[0-9a-f]+:\n(\t/.*\n)*)*)"
        + @"Connections dump:\nConnections Sets \(\d+\)/\(\d+\):\n(?<connections>(\d+ expire at .*:\n(\tip: /127\.0\.0\.1:\d+ sessionId: 0x[0-9a-f]+\n)*)*)\z")]
    private static partial Regex DumpShape();

    private static Task WatchAsync(RawZooKeeperClient client, RawZooKeeperClient other) => Task.WhenAll(
        client.GetDataAsync("/", watch: true), client.GetChildrenAsync("/", watch: true),
        client.GetChildrenAsync("/zookeeper", watch: true), other.ExistsAsync("/", watch: true),
        other.ExistsAsync("/watched-none", watch: true));

    // Once the watches of connections that have just ended are gone.
    private async Task<Dictionary<string, List<string>>> ReadSetsAsync(string word, int count)
    {
        var sets = ReadSets(await AskAsync(word));
        for (var waited = Stopwatch.StartNew(); sets.Count != count && waited.Elapsed < RunningSilo.Soon;)
        {
            await Task.Delay(10);
            sets = ReadSets(await AskAsync(word));
        }

        Assert.Equal(count, sets.Count);
        return sets;
    }

    private static Dictionary<string, List<string>> ReadSets(string text)
    {
        Assert.EndsWith("\n\n", text);
        var sets = new Dictionary<string, List<string>>();
        List<string> set = [];
        foreach (string line in text[..^2].Split('\n'))
        {
            if (line.StartsWith('\t'))
                set.Add(line[1..]);
            else
                sets.Add(line, set = []);
        }

        return sets;
    }

    private Task<string> AskAsync(string word) => FourLetterWord.AskAsync(silo.EndPoint, word, RunningSilo.Soon);

    private async Task<Dictionary<string, string>> ReadLineAsync(RawZooKeeperClient client)
    {
        string text = await AskAsync("cons");
        Assert.EndsWith(")\n\n", text);
        var line = Regex.Match(
            text,
            @"\n? /127\.0\.0\.1:\d+\[1\]\(queued=(?<queued>\d+),recved=(?<received>\d+),sent=(?<sent>\d+),sid=0x"
            + $"{client.SessionId:x}"
            + @",lop=(?<lop>[A-Z]+),est=(?<est>\d+),to=(?<to>\d+)(,lcxid=0x(?<lcxid>[0-9a-f]+))?,lzxid=0x(?<lzxid>[0-9a-f]+),"
            + @"lresp=\d+,llat=\d+,minlat=\d+,avglat=\d+,maxlat=\d+\)\n");
        Assert.True(line.Success, text);
        return line.Groups.Values.ToDictionary(static group => group.Name, static group => group.Value);
    }
}
