using System.Globalization;
using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Ordering;

/// <summary>A multi of thousands of operations, which the silo applies in pieces: others see nothing of it, or all.</summary>
/// <remarks>The client itself fails a test in which an event follows a reply that knows of its change.</remarks>
public sealed class LongMultiTests(OrderingSilo silo) : IClassFixture<OrderingSilo>
{
    private const int Many = 2000;
    private const int Rounds = 40;
    private const int Readers = 3;

    private static readonly string[] s_paths = [.. Enumerable.Range(0, Many).Select(static i => $"/whole/{i:d4}")];

    [Fact(Timeout = 120_000)]
    public async Task Others_see_nothing_or_all_of_it()
    {
        await using var writer = await silo.ConnectAsync();
        await writer.CreateAsync("/whole", null);
        Assert.True((await writer.MultiAsync([.. s_paths.Select(static path => MultiOperation.Create(path, Value(0)))])).IsOk);
        using var stopping = new CancellationTokenSource();
        var readers = Enumerable.Range(0, Readers).Select(seed => ReadAsync(seed, stopping.Token)).ToArray();
        for (int round = 1; round <= Rounds; round++)
        {
            byte[] value = Value(round);
            MultiOperation[] operations =
            [
                .. s_paths.Select(path => MultiOperation.SetData(path, value)),
                round % 2 == 1 ? MultiOperation.Create("/whole/odd", value) : MultiOperation.Delete("/whole/odd"),
            ];
            Assert.True((await writer.MultiAsync(operations)).IsOk);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(readers);
        await writer.CloseSessionAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_hears_of_one_change_sees_all_others()
    {
        await using var writer = await silo.ConnectAsync();
        await using var watcher = await silo.ConnectAsync();
        await writer.CreateAsync("/heard", null);
        string[] paths = [.. Enumerable.Range(0, Many).Select(static i => $"/heard/{i:d4}")];
        Assert.True((await writer.MultiAsync([.. paths.Select(static path => MultiOperation.Create(path, Value(0)))])).IsOk);
        for (int round = 1; round <= Rounds; round++)
        {
            Assert.True((await watcher.GetDataAsync(paths[0], watch: true)).IsOk);
            var writing = writer.MultiAsync([.. paths.Select(path => MultiOperation.SetData(path, Value(round)))]);
            Assert.Equal(paths[0], (await watcher.NextNotificationAsync(RunningSilo.Soon)).Path);
            Assert.Equal(Value(round), (await watcher.GetDataAsync(paths[^1])).Value.Data);
            Assert.True((await writing).IsOk);
        }

        await watcher.CloseSessionAsync();
        await writer.CloseSessionAsync();
    }

    // Each round has a value of its own: reads in their order must not go back, and a list is of one round.
    private async Task ReadAsync(int seed, CancellationToken stopping)
    {
        await using var reader = await silo.ConnectAsync();
        var random = new Random(seed);
        int last = 0;
        while (!stopping.IsCancellationRequested)
        {
            var reads = Enumerable.Range(0, 20).Select(_ => reader.GetDataAsync(s_paths[random.Next(Many)])).ToArray();
            var list = reader.GetChildrenAsync("/whole");
            var both = reader.MultiReadAsync(MultiOperation.GetData(s_paths[0]), MultiOperation.GetData(s_paths[^1]));
            foreach (var read in reads)
                last = Advance(last, RoundOf((await read).Value.Data));
            Assert.InRange((await list).Value.Count, Many, Many + 1);
            var pair = (await both).Value;
            Assert.Equal(pair[0].Data, pair[1].Data);
            last = Advance(last, RoundOf(pair[0].Data));
        }

        await reader.CloseSessionAsync();
    }

    private static int Advance(int last, int round)
    {
        Assert.True(round >= last, $"round {round} was read behind round {last}");
        return round;
    }

    private static byte[] Value(int round) => Encoding.ASCII.GetBytes(round.ToString(CultureInfo.InvariantCulture));

    private static int RoundOf(byte[]? data) => int.Parse(data, CultureInfo.InvariantCulture);
}
