using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>Requests that look at thousands of znodes in pieces, between which others write: what they may not show, and
/// that others do write in between.</summary>
public sealed class LongReadTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int Many = 5000;
    private const int Rounds = 40;
    private const int ManyWatches = 50_000;

    [Fact(Timeout = 120_000)]
    public async Task A_multiRead_of_thousands_is_of_one_moment()
    {
        await using var writer = await silo.ConnectAsync();
        await using var reader = await silo.ConnectAsync();
        await writer.CreateAsync("/many", null);
        string[] paths = [.. Enumerable.Range(0, Many).Select(static i => $"/many/{i:d4}")];
        Assert.True((await writer.MultiAsync([.. paths.Select(static path => MultiOperation.Create(path, Value(0)))])).IsOk);
        MultiOperation[] reads =
        [
            MultiOperation.GetData("/many/odd"), .. paths.Select(MultiOperation.GetData),
            MultiOperation.GetChildren("/many"), MultiOperation.GetData("/many/odd"),
        ];
        using var stopping = new CancellationTokenSource();
        var writing = WriteAsync(writer, paths, stopping.Token);
        int changed = 0;
        for (int last = 0, i = 0; i < Rounds; i++)
        {
            var reply = await reader.MultiReadAsync(reads);
            int round = Check(reply);
            Assert.InRange(round, last, int.MaxValue);
            changed += round > last ? 1 : 0;
            last = round;
        }
        Assert.InRange(changed, 1, Rounds);
        await stopping.CancelAsync();
        await writing;
        await reader.CloseSessionAsync();
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Others_write_between_the_pieces_of_setWatches()
    {
        await using var writer = await silo.ConnectAsync();
        string[] awaited = ["/first", .. Enumerable.Range(0, ManyWatches).Select(static i => $"/w{i:x4}"), "/last"];
        var random = new Random(1);
        bool isSeen = false;
        for (var ran = Stopwatch.StartNew(); ran.Elapsed < RunningSilo.Soon && !isSeen;)
        {
            await using var watcher = await silo.ConnectAsync();
            long seen = writer.LastZxidSeen;
            var renewing = watcher.SetWatchesAsync(seen, data: [], exist: awaited, child: []);
            await Task.Delay(random.Next(10));
            await writer.MultiAsync(MultiOperation.Create("/first", null), MultiOperation.Create("/last", null));
            var reply = await renewing;
            Assert.True(reply.IsOk);
            var told = new[]
            {
                await watcher.NextNotificationAsync(RunningSilo.Soon), await watcher.NextNotificationAsync(RunningSilo.Soon),
            };
            Assert.Equal(["/first", "/last"], told.Select(static told => told.Path).Order());
            // The first was set when both came to be, and tells of that; the last was not, and what it missed has no zxid.
            isSeen = told.Any(static told => told.Path == "/first" && told.Zxid > 0)
                && told.Any(static told => told.Path == "/last" && told.Zxid < 0);
            await writer.MultiAsync(MultiOperation.Delete("/first"), MultiOperation.Delete("/last"));
            await watcher.CloseSessionAsync();
        }

        Assert.True(isSeen, "nothing was ever written while watches were set anew");
        await writer.CloseSessionAsync();
    }

    // Each round has a value of its own, in the first znode, in the last, and in whether there is an odd one.
    private static async Task WriteAsync(RawZooKeeperClient writer, string[] paths, CancellationToken stopping)
    {
        for (int round = 1; !stopping.IsCancellationRequested; round++)
        {
            byte[] value = Value(round);
            var reply = await writer.MultiAsync(
                MultiOperation.SetData(paths[0], value),
                MultiOperation.SetData(paths[^1], value),
                round % 2 == 1 ? MultiOperation.Create("/many/odd", value) : MultiOperation.Delete("/many/odd"));
            Assert.True(reply.IsOk);
        }
    }

    private static int Check(Reply<IReadOnlyList<MultiResult>> reply)
    {
        Assert.True(reply.IsOk);
        var results = reply.Value;
        int round = RoundOf(results[1].Data);
        bool isOdd = round % 2 == 1;
        Assert.Equal(round, RoundOf(results[Many].Data));
        Assert.Equal(isOdd ? ErrorCode.Ok : ErrorCode.NoNode, results[0].Error);
        Assert.Equal(results[0], results[^1] with { Data = results[0].Data });
        Assert.Equal(isOdd ? Many + 1 : Many, results[^2].Children!.Count);
        Assert.Equal(isOdd, results[^2].Children!.Contains("odd"));
        Assert.All(results.Skip(2).Take(Many - 2), static result => Assert.Equal(0, RoundOf(result.Data)));
        Assert.All(results, result => Assert.True((result.Stat?.Mzxid ?? 0) <= reply.Zxid));
        return round;
    }

    private static byte[] Value(int round) => Encoding.ASCII.GetBytes(round.ToString(CultureInfo.InvariantCulture));

    private static int RoundOf(byte[]? data) => int.Parse(data, CultureInfo.InvariantCulture);
}
