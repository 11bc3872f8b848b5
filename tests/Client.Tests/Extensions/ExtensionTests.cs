using System.Globalization;
using Coordination.Testing;

namespace Coordination.Client.Tests.Extensions;

/// <summary>What our servers have beyond ZooKeeper's protocol, and what stands in for it elsewhere.</summary>
public sealed class ExtensionTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_tree_is_deleted(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await Assert.ThrowsAsync<NoNodeException>(() => client.DeleteRecursiveAsync(path).AsTask());
        await client.EnsurePathAsync(path + "/a/b");
        await client.EnsurePathAsync(path + "/c");
        await Assert.ThrowsAsync<BadVersionException>(() => client.DeleteRecursiveAsync(path, version: 1).AsTask());
        await client.DeleteRecursiveAsync(path, version: 0);
        Assert.Null(await client.ExistsAsync(path));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Children_come_in_pages(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        string[] names = [.. Enumerable.Range(0, 250).Select(static i => i.ToString("d4", CultureInfo.InvariantCulture))];
        await Task.WhenAll(names.Select(name => client.CreateAsync($"{path}/{name}", name).AsTask()));
        var children = new List<ZnodeChild>();
        await foreach (var child in client.EnumerateChildrenAsync(path, pageSize: 100))
        {
            if (children.Count == 0)
                await client.SetDataAsync($"{path}/{names[^1]}", "changed");
            children.Add(child);
        }
        Assert.Equal(names, children.Select(static child => child.Name));
        Assert.All(children, child => Assert.Equal(child.Data!.Value.Length, child.Stat!.Value.DataLength));
        Assert.Equal(ZnodeChildState.SetSince, children[^1].State);
        Assert.Single(children.Select(static child => child.AsOfZxid).Distinct());
        if (kind == ServerKind.Silo)
            Assert.All(children.Take(249), static child => Assert.Equal(ZnodeChildState.AsOfZxid, child.State));
    }

    [Fact]
    public async Task On_a_ZooKeeper_changes_are_watched_and_read()
    {
        await using var client = await ConnectAsync(ServerKind.ZooKeeper);
        string path = NewPath();
        using var timeout = new CancellationTokenSource(Soon);
        await using var changes = client.WatchChangesAsync(path, cancellationToken: timeout.Token).GetAsyncEnumerator();
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(ZnodeChangeKind.HistoryLost, changes.Current.Kind);
        await client.CreateAsync(path, "a");
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal((ZnodeChangeKind.Created, path), (changes.Current.Kind, changes.Current.Path));
        await client.DeleteAsync(path);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal((ZnodeChangeKind.Deleted, path), (changes.Current.Kind, changes.Current.Path));
    }

    [Fact]
    public async Task No_change_is_missed_however_often_contact_is_lost()
    {
        const int writes = 2000;
        await using var writer = await ConnectAsync(ServerKind.Silo);
        await using var proxy = new TcpProxy(Server(ServerKind.Silo).ClientEndPoint);
        await using var watcher = await ConnectAsync(Options($"127.0.0.1:{proxy.EndPoint.Port}"));
        string path = NewPath();
        var created = await writer.CreateAsync(path, options: CreateOptions.Persistent);
        long start = (await writer.ExistsAsync(path))!.Value.Czxid;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var writing = WriteAsync(writer, created.Path, writes, timeout.Token);
        var random = new Random(1);
        var zxids = new List<long>();
        var values = new Dictionary<string, string>();
        int nextCut = random.Next(1, 200);
        await foreach (var change in watcher.WatchChangesAsync(path, start, cancellationToken: timeout.Token))
        {
            Assert.NotEqual(ZnodeChangeKind.HistoryLost, change.Kind);
            zxids.Add(change.Zxid);
            if (change.IsPreviousKnown)
                Assert.Equal(values.GetValueOrDefault(change.Path, "-"), Text(change.Previous));
            values[change.Path] = Text(change.Data);
            if (zxids.Count == writes)
                break;
            if (--nextCut == 0)
            {
                proxy.Cut();
                proxy.Restore();
                nextCut = random.Next(1, 200);
            }
        }
        Assert.Equal(await writing, zxids);
    }

    [Fact]
    public async Task No_change_is_missed_when_the_silo_is_killed()
    {
        const int kills = 3;
        await using var silo = await Servers.StartAsync(ServerKind.Silo);
        await using var writer = await ConnectAsync(Options(silo.HostAndPort));
        await using var watcher = await ConnectAsync(Options(silo.HostAndPort));
        await writer.CreateAsync("/killed", "-");
        long start = (await writer.ExistsAsync("/killed"))!.Value.Czxid;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var enough = new CancellationTokenSource();
        var writing = WriteUntilAsync(writer, enough.Token);
        string last = "-";
        int told = 0;
        long? versions = null;
        await foreach (var change in watcher.WatchChangesAsync("/killed", start, ChangeScope.Znode, timeout.Token))
        {
            Assert.Equal(ZnodeChangeKind.DataSet, change.Kind);
            if (change.IsPreviousKnown)
                Assert.Equal(last, Text(change.Previous));
            last = Text(change.Data);
            if (++told % 100 == 0 && told <= kills * 100)
            {
                await silo.KillAsync();
                await silo.StartAgainAsync();
            }
            if (told == (kills + 1) * 100)
            {
                await enough.CancelAsync();
                await writing;
                versions = (await watcher.ExistsAsync("/killed"))!.Value.Version;
            }
            if (told == versions)
                break;
        }
        Assert.Equal(Text((await watcher.GetDataAsync("/killed")).Data), last);
    }

    private static async Task WriteUntilAsync(CoordinationClient writer, CancellationToken enough)
    {
        for (int i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await writer.SetDataAsync("/killed", i.ToString(CultureInfo.InvariantCulture), cancellationToken: CancellationToken.None);
            }
            catch (ConnectionLossException)
            {
                // It may have been done: the stream tells.
            }
        }
    }

    private static string Text(ReadOnlyMemory<byte>? data) =>
        data is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes.Span) : "-";

    private static async Task<List<long>> WriteAsync(
        CoordinationClient writer, string path, int writes, CancellationToken cancellationToken)
    {
        var zxids = new List<long>();
        for (int i = 0; i < writes; i++)
        {
            string child = $"{path}/{i % 20}";
            string value = i.ToString(CultureInfo.InvariantCulture);
            if (i < 20)
                await writer.CreateAsync(child, value, cancellationToken: cancellationToken);
            else
                await writer.SetDataAsync(child, value, cancellationToken: cancellationToken);
            zxids.Add((await writer.ExistsAsync(child, cancellationToken))!.Value.Mzxid);
        }
        return zxids;
    }
}
