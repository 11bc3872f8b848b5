using Coordination.Storage.Tests.Stores;

namespace Coordination.Storage.Tests;

public abstract class LogModelTests
{
    private protected abstract IStoreUnderTest NewStore();

    /// <summary>Two that use one log do what a list does, whatever they do in whatever order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task RandomSequencesDoWhatTheModelDoes(int seed)
    {
        await using var store = NewStore();
        var random = new Random(seed);
        var model = new List<LogRow>();
        long forgotten = 0;
        ILog[] logs = [await store.OpenLogAsync(), await store.OpenLogAsync()];
        for (int step = 0; step < 400; step++)
        {
            int which = random.Next(logs.Length);
            var log = logs[which];
            var tail = model.Count == 0 ? default : model[^1].AsTail();
            switch (random.Next(20))
            {
                case < 8:
                    byte[] body = new byte[random.Next(10) == 0 ? random.Next(1, 20_000) : random.Next(1, 300)];
                    random.NextBytes(body);
                    var row = LogRows.After(tail, body);
                    Assert.True(await log.AppendAsync(row, tail));
                    model.Add(row);
                    break;
                case < 10 when model.Count > forgotten:
                    int again = random.Next((int)forgotten, model.Count);
                    Assert.True(await log.AppendAsync(model[again], Before(model, again)));
                    break;
                case < 12 when model.Count > forgotten:
                    int late = random.Next((int)forgotten, model.Count);
                    Assert.False(await log.AppendAsync(
                        LogRows.After(Before(model, late), $"too late {step}"), Before(model, late)));
                    break;
                case < 13:
                    var ahead = tail.Next(tail.LastZxid + 1, tail.LastZxid + 1, new byte[] { 1 }).AsTail();
                    Assert.False(await log.AppendAsync(LogRows.After(ahead, "too early"), ahead));
                    break;
                case < 14 when model.Count > 0:
                    long firstKept = random.Next(-2, model.Count + 3);
                    bool more = await log.TrimAsync(firstKept, default);
                    forgotten = Math.Max(forgotten, Math.Min(firstKept, model.Count) - 1);
                    Assert.Equal(forgotten + 1, more ? forgotten + 1 : await log.ReadFirstPositionAsync(default));
                    await log.TrimAllAsync(firstKept);
                    break;
                case < 17:
                    int from = random.Next((int)forgotten, model.Count + 1);
                    var after = from == 0 ? default : model[from - 1].AsTail();
                    Assert.Equal(model[from..].Describe(), (await log.ReadAllAsync(after)).Describe());
                    break;
                case < 18:
                    await log.DisposeAsync();
                    logs[which] = await store.OpenLogAsync();
                    break;
                default:
                    Assert.Equal(tail, await log.ReadTailAsync(default));
                    Assert.Equal(forgotten + 1, await log.ReadFirstPositionAsync(default));
                    break;
            }
        }
        foreach (var log in logs)
            await log.DisposeAsync();
        await using var last = await store.OpenLogAsync();
        var start = forgotten == 0 ? default : model[(int)forgotten - 1].AsTail();
        Assert.Equal(model[(int)forgotten..].Describe(), (await last.ReadAllAsync(start)).Describe());
    }

    private static LogTail Before(List<LogRow> model, int index) => index == 0 ? default : model[index - 1].AsTail();
}
