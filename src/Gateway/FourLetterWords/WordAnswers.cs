using System.Collections.Frozen;
using System.Globalization;
using Coordination.Gateway.Serving;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>Answers four-letter words, in ZooKeeper's formats.</summary>
/// <remarks>Answers come in pieces that are made as they are taken: some tell of a million watches.</remarks>
public sealed class WordAnswers(
    GatewayOptions options, ServerMonitor monitor, ServerStatistics statistics, ConnectionTable connections,
    ServerListings listings, ServerVersion version, ServingState serving)
{
    /// <summary>The words that there is an answer to.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "ruok", "isro", "conf", "dirs", "envi", "mntr", "srvr", "stat", "cons", "crst", "srst", "dump", "wchs", "wchc", "wchp",
    ];

    // And those that ZooKeeper has besides: to be refused, and not taken for the length of a frame.
    private static readonly FrozenSet<string> _known = Words.Concat(["gtmk", "stmk", "hash"]).ToFrozenSet();

    private readonly ConnectionLines _connectionLines = new(listings);
    private readonly DumpLines _dumpLines = new(connections, listings);

    /// <summary>Whether it is a word at all: what is none is taken for the length of a frame.</summary>
    public static bool IsWord(string text) => _known.Contains(text);

    /// <summary>The answer to a word: what it asks for, or why it is not told.</summary>
    public async ValueTask<IEnumerable<string>> AnswerAsync(string word)
    {
        if (!options.AllFourLetterWords && !options.FourLetterWords.Contains(word))
            return Refusal(word);
        if (serving.Mode == ServingMode.Nobody && word is not ("ruok" or "envi" or "isro"))
            return ["This ZooKeeper instance is not currently serving requests\n"];
        return word switch
        {
            "ruok" => ["imok"],
            "isro" => [IsReadOnly()],
            "conf" => (await options.Configuration()).Select(static line => $"{line}\n"),
            "dirs" => await DirectoriesAsync(),
            "envi" => ["Environment:\n", .. ServerEnvironment.List(version).Select(static item => $"{item.Key}={item.Value}\n")],
            "mntr" => monitor.AllValues().Select(static item => $"zk_{item.Key}\t{ServerMonitor.TextOf(item.Value)}\n"),
            "srvr" => [.. Heading(), .. ServerLines()],
            "stat" => [.. Heading(), "Clients:\n", .. _connectionLines.Brief(), "\n", .. ServerLines()],
            "cons" => _connectionLines.Full().Append("\n"),
            "crst" => ResetConnections(),
            "srst" => ResetServer(),
            "dump" => _dumpLines.All(),
            "wchs" => WatchSummary(),
            "wchc" => WatchesBySession(),
            "wchp" => WatchesByPath(),
            _ => Refusal(word),
        };
    }

    private static string[] Refusal(string word) => [$"{word} is not executed because it is not in the whitelist.\n"];

    private string IsReadOnly() => serving.Mode switch
    {
        ServingMode.ReadWrite => "rw",
        ServingMode.ReadOnly => "ro",
        _ => "null",
    };

    private IEnumerable<string> Heading()
    {
        yield return $"Zookeeper version: {version}\n";
        if (serving.Mode == ServingMode.ReadOnly)
            yield return "READ-ONLY mode; serving only read-only clients\n";
    }

    private async ValueTask<IEnumerable<string>> DirectoriesAsync()
    {
        var (data, log) = await options.DataSize();
        return [$"datadir_size: {data}\nlogdir_size: {log}\n"];
    }

    private IEnumerable<string> ServerLines()
    {
        var figures = monitor.Look();
        var latency = statistics.Latency;
        yield return string.Create(
            CultureInfo.InvariantCulture, $"Latency min/avg/max: {latency.Least}/{latency.Average:0.0###}/{latency.Most}\n");
        yield return $"Received: {statistics.Received}\nSent: {statistics.Sent}\nConnections: {connections.Count}\n";
        yield return $"Outstanding: {monitor.Outstanding}\nZxid: 0x{figures.Zxid:x}\nMode: {serving.Name}\n";
        yield return $"Node count: {figures.Znodes}\n";
    }

    private string[] ResetConnections()
    {
        connections.ResetTraffic();
        return ["Connection stats reset.\n"];
    }

    private string[] ResetServer()
    {
        statistics.Reset();
        return ["Server stats reset.\n"];
    }

    private string[] WatchSummary()
    {
        var summary = listings.WatchSummary();
        return
        [
            $"{summary.Connections} connections watching {summary.Paths} paths\n", $"Total watches:{summary.Watches}\n",
        ];
    }

    private IEnumerable<string> WatchesBySession()
    {
        foreach (var (session, paths) in listings.Watches())
        {
            yield return $"0x{session:x}\n";
            foreach (string path in paths)
                yield return $"\t{path}\n";
        }
        yield return "\n";
    }

    private IEnumerable<string> WatchesByPath()
    {
        foreach (var (path, sessions) in listings.WatchesByPath())
        {
            yield return $"{path}\n";
            foreach (long session in sessions)
                yield return $"\t0x{session:x}\n";
        }
        yield return "\n";
    }
}
