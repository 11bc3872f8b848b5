using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Serialization;
using Coordination.Client.Recipes;

namespace Coordination.Client.Tests.Recipes;

/// <summary>Values that many change lose no change.</summary>
public sealed partial class ValueTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_counter_adds_up(ServerKind kind)
    {
        string path = NewPath() + "/count";
        var sums = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var client = await ConnectAsync(kind);
            var counter = new AtomicCounter(client, path);
            var own = new List<long>();
            for (int i = 0; i < 10; i++)
                own.Add(await counter.AddAsync(1).AsTask().WaitAsync(Soon));
            return own;
        }));
        Assert.Equal(Enumerable.Range(1, 40).Select(static i => (long)i), sums.SelectMany(static own => own).Order());
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_value_is_set_by_who_knows_it(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        var value = new AtomicValue(client, NewPath() + "/a/b");
        Assert.Null(await value.GetAsync());
        Assert.True(await value.TrySetAsync("one"u8.ToArray(), null));
        Assert.False(await value.TrySetAsync("two"u8.ToArray(), null));
        var read = await value.GetAsync();
        Assert.True(await value.TrySetAsync("two"u8.ToArray(), read));
        Assert.False(await value.TrySetAsync("three"u8.ToArray(), read));
        await value.SetAsync("four"u8.ToArray());
        var updated = await value.UpdateAsync(static old => (byte[])[.. old.Span, (byte)'!']);
        Assert.Equal("four!", Encoding.UTF8.GetString(updated.Span));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_configuration_keeps_what_each_has_changed(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        var configuration = new VersionedConfiguration<Quota>(client, NewPath() + "/conf", QuotaJson.Default.Quota);
        Assert.Equal((null, -1), await configuration.GetAsync());
        await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => configuration.UpdateAsync(old => (old ?? new Quota(0, 0)) with { Cpu = (old?.Cpu ?? 0) + 1 }).AsTask())
                .Concat(Enumerable.Range(0, 5).Select(i => configuration.UpdateAsync(old => (old ?? new Quota(0, 0)) with { Memory = (old?.Memory ?? 0) + 10 }).AsTask())))
            .WaitAsync(Soon);
        Assert.Equal(new Quota(5, 50), (await configuration.GetAsync()).Value);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_cached_value_follows_and_is_set_by_who_knows_it(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        await using var other = await ConnectAsync(kind);
        string path = NewPath() + "/a/b";
        var told = new ConcurrentQueue<string?>();
        await using var value = await CachedValue.StartAsync(client, path, now => told.Enqueue(now?.Text));
        Assert.Null(value.Current);
        Assert.True(await value.TrySetAsync("one"u8.ToArray()));
        await EventuallyAsync("it is known", () => value.Current?.Text == "one");
        Assert.True(await value.TrySetAsync("two"u8.ToArray()));
        Assert.Equal("two", value.Current?.Text);
        await other.SetDataAsync(path, "three");
        await EventuallyAsync("another's is known", () => value.Current?.Text == "three");
        var updated = await value.UpdateAsync(static old => (byte[])[.. old.Span, (byte)'!']);
        Assert.Equal("three!", Encoding.UTF8.GetString(updated.Span));
        await EventuallyAsync("so is what it has changed", () => value.Current?.Text == "three!");

        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        Assert.True(value.IsStale);
        Assert.Equal("three!", value.Current?.Text);
        await other.SetDataAsync(path, "four");
        proxy.Restore();
        // It rests on what was known.
        Assert.False(value.Current?.Text == "three!" && await value.TrySetAsync("never"u8.ToArray()));
        await EventuallyAsync("it has caught up", () => !value.IsStale && value.Current?.Text == "four");
        await other.DeleteAsync(path);
        await EventuallyAsync("it is gone", () => value.Current is null);
        Assert.Equal(["one", "two", "three", "three!", "four", null], told);
    }

    internal sealed record Quota(int Cpu, int Memory);

    [JsonSerializable(typeof(Quota))]
    internal sealed partial class QuotaJson : JsonSerializerContext;
}
