using System.Diagnostics;
using System.Globalization;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.Stalls;

/// <summary>Measures how long others wait while somebody does something large: the table of docs/performance.md.</summary>
/// <remarks>Run by hand, with COORDINATION_STALL_ROUNDS set to how often each is done, on a machine with nothing else to do;
/// COORDINATION_STALL_PARTS may name the parts to be measured: multis, watches, ephemerals, million.
/// What tells of a regression is elsewhere: times say little on a machine that is shared.</remarks>
public sealed class StallMeasurement(ITestOutputHelper output)
{
    public const string RoundsVariable = "COORDINATION_STALL_ROUNDS";

    // Which parts are measured, with commas between them; all of them where nothing is said.
    private const string PartsVariable = "COORDINATION_STALL_PARTS";

    private const int InAMulti = 10_000;
    private const int InAFrame = 100_000;
    private const int Million = 1_000_000;

    private static readonly int s_rounds =
        int.Parse(Environment.GetEnvironmentVariable(RoundsVariable) ?? "0", CultureInfo.InvariantCulture);

    private static readonly string[] s_parts =
        Environment.GetEnvironmentVariable(PartsVariable)?.Split(',') ?? ["multis", "watches", "ephemerals", "million"];

    private readonly List<string> _table = [];

    [MeasurementFact]
    public async Task Waits_beside_large_things()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions
        {
            Arguments = ["--four-letter-words", "*", "--max-session-timeout", "60000"],
        });
        using var client = new BlockingConnection(silo.ClientEndPoint);
        Do(client, Frames.Create(1, "/probe", new byte[100]));
        Do(client, Frames.Create(1, "/m"));
        Do(client, Frames.Create(1, "/e"));
        using var gets = new Probe(silo.ClientEndPoint, Frames.GetData(1, "/probe"));
        using var sets = new Probe(silo.ClientEndPoint, Frames.SetData(1, "/probe", new byte[100]));
        var measured = new Measured(gets, sets, this);

        measured.Run("nothing", static () => Thread.Sleep(50));
        if (s_parts.Contains("multis"))
            MeasureMultis(client, measured);
        if (s_parts.Contains("watches"))
            MeasureWatches(silo, measured);
        if (s_parts.Contains("ephemerals"))
            MeasureEphemerals(silo, client, measured);
        if (s_parts.Contains("million"))
            MeasureMillion(silo, client, measured);
        foreach (string line in _table)
            output.WriteLine(line);
    }

    private static void MeasureMultis(BlockingConnection client, Measured measured)
    {
        string[] paths = [.. Enumerable.Range(0, InAMulti).Select(static i => $"/m/{i:d5}")];
        byte[] creates = Frames.Multi(1, paths, MultiPart.Create);
        byte[] sets = Frames.Multi(1, paths, MultiPart.SetData);
        byte[] deletes = Frames.Multi(1, paths, MultiPart.Delete);
        string[] half = paths[..(InAMulti / 2)], others = paths[(InAMulti / 2)..];
        byte[] mix = Frames.Multi(1, (half, MultiPart.Delete), (others, MultiPart.SetData), (half, MultiPart.Create));
        for (int warm = 0; warm < 5; warm++)
        {
            foreach (byte[] frame in new[] { creates, sets, mix, deletes })
                Do(client, frame);
        }

        measured.Run("multi of 10,000 creates", () => Do(client, creates), after: () => Do(client, deletes));
        Do(client, creates);
        measured.Run("multi of 10,000 sets", () => Do(client, sets));
        measured.Run("multi of 5,000 deletes, sets and creates each", () => Do(client, mix));
        Do(client, deletes);
        measured.Run("multi of 10,000 deletes", () => Do(client, deletes), before: () => Do(client, creates));
    }

    private static void MeasureWatches(SiloProcess silo, Measured measured)
    {
        string[] paths = [.. Enumerable.Range(0, InAFrame).Select(static i => $"/{i:x5}")];
        byte[] renewal = Frames.SetWatches(0, [], paths, []);
        BlockingConnection watching = null!;
        measured.Run(
            "setWatches of 100,000 paths", () => Do(watching, renewal),
            before: () => watching = new BlockingConnection(silo.ClientEndPoint),
            after: () => watching.Dispose());
    }

    private static void MeasureEphemerals(SiloProcess silo, BlockingConnection client, Measured measured)
    {
        byte[][] creates = [.. Enumerable.Range(0, InAFrame / InAMulti).Select(static part => Frames.Multi(
            1, [.. Enumerable.Range(part * InAMulti, InAMulti).Select(static i => $"/e/{i:d5}")], MultiPart.CreateEphemeral))];
        byte[] watch = Frames.AddWatch(1, "/e", (int)AddWatchMode.PersistentRecursive);
        BlockingConnection owner = null!;
        void Own()
        {
            owner = new BlockingConnection(silo.ClientEndPoint);
            foreach (byte[] frame in creates)
                Do(owner, frame);
        }

        measured.Run(
            "close of a session with 100,000 ephemerals", () => Do(owner, Frames.CloseSession(2)), before: Own,
            after: () => owner.Dispose());
        BlockingConnection watching = null!;
        measured.Run(
            "the same, with 100,000 events for one client", () => Do(owner, Frames.CloseSession(2)),
            before: () =>
            {
                Own();
                watching = new BlockingConnection(silo.ClientEndPoint);
                Do(watching, watch);
            },
            after: () =>
            {
                owner.Dispose();
                watching.Dispose();
            });
        Do(client, Frames.Exists(1, "/e"));
    }

    private static void MeasureMillion(SiloProcess silo, BlockingConnection client, Measured measured)
    {
        Do(client, Frames.Create(1, "/million"));
        for (int first = 0; first < Million; first += InAMulti)
        {
            string[] paths = [.. Enumerable.Range(first, InAMulti).Select(static i => $"/million/{i:d7}")];
            Do(client, Frames.Multi(1, paths, MultiPart.Create));
        }

        measured.Run("a list of 1,000,000 children", () => Do(client, Frames.GetChildren(1, "/million")));
        measured.Run(
            "a count of 1,000,000 descendants",
            () => Do(client, Frames.Request(1, OperationCode.GetAllChildrenNumber, static record => record.WriteString("/million"))));
        Do(client, Frames.Create(1, "/large", new byte[1_000_000]));
        string[] large = [.. Enumerable.Repeat("/large", 60)];
        measured.Run(
            "a multiRead of 60 MB", () => Do(client, Frames.Multi(1, OperationCode.MultiRead, (large, MultiPart.GetData))));
        string[] small = [.. Enumerable.Range(0, 20_000).Select(static i => $"/million/{i:d7}")];
        measured.Run(
            "a multiRead of 20,000 znodes", () => Do(client, Frames.Multi(1, OperationCode.MultiRead, (small, MultiPart.GetData))));
        MeasureQuota(client, measured);
        MeasureWords(silo, measured);
    }

    private static void MeasureQuota(BlockingConnection client, Measured measured)
    {
        const string Limits = "/zookeeper/quota/million/zookeeper_limits";
        Do(client, Frames.Create(1, "/zookeeper/quota/million"));
        measured.Run(
            "a quota on 1,000,000 znodes",
            () => Do(client, Frames.Create(1, Limits, "count=2000000,bytes=-1"u8.ToArray())),
            after: () => Do(client, Frames.Delete(1, Limits)));
    }

    private static void MeasureWords(SiloProcess silo, Measured measured)
    {
        using var watching = new BlockingConnection(silo.ClientEndPoint);
        for (int first = 0; first < Million; first += InAFrame)
        {
            string[] paths = [.. Enumerable.Range(first, InAFrame).Select(static i => $"/{i:x5}")];
            Do(watching, Frames.SetWatches(0, [], paths, []));
        }

        // What takes longer meets more of what the machine itself does meanwhile.
        measured.Run("nothing, for half a second, with 1,000,000 watches", static () => Thread.Sleep(500));
        foreach (string word in new[] { "wchc", "wchp", "wchs" })
        {
            measured.Run(
                $"{word} with 1,000,000 watches",
                () => FourLetterWord.AskAsync(silo.ClientEndPoint, word, TimeSpan.FromMinutes(1)).GetAwaiter().GetResult());
        }
    }

    private static void Do(BlockingConnection connection, byte[] frame)
    {
        connection.Send(frame);
        connection.ReadReply();
    }

    private sealed class Measured(Probe gets, Probe sets, StallMeasurement owner)
    {
        public void Run(string what, Action act, Action? before = null, Action? after = null)
        {
            var all = new List<TimeSpan>();
            var longestGets = new List<TimeSpan>();
            var longestSets = new List<TimeSpan>();
            for (int round = 0; round < s_rounds; round++)
            {
                before?.Invoke();
                GC.Collect();
                Thread.Sleep(20);
                gets.TakeLongest();
                sets.TakeLongest();
                var took = Stopwatch.StartNew();
                act();
                all.Add(took.Elapsed);
                Thread.Sleep(5);
                longestGets.Add(gets.TakeLongest());
                longestSets.Add(sets.TakeLongest());
                after?.Invoke();
            }

            owner._table.Add($"| {what} | {Show(all)} | {Show(longestGets)} | {Show(longestSets)} |");
        }

        // The median, and the most.
        private static string Show(List<TimeSpan> times)
        {
            times.Sort();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{times[times.Count / 2].TotalMilliseconds:0.0}, {times[^1].TotalMilliseconds:0.0}");
        }
    }
}
