using Coordination.Protocol;

namespace Coordination.Client.Tests.Operations;

/// <summary>Each operation does what it says, and fails as it says.</summary>
public sealed class BasicTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_znode_is_created_read_set_and_deleted(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var created = await client.CreateAsync(path, "one");
        Assert.Equal(path, created.Path);
        Assert.Equal(0, created.Stat.Version);

        var read = await client.GetDataAsync(path);
        Assert.Equal("one", read.Text);
        Assert.Equal(created.Stat.Czxid, read.Stat.Czxid);

        var set = await client.SetDataAsync(path, "two", read.Version);
        Assert.Equal(1, set.Version);
        Assert.Equal("two", (await client.GetDataAsync(path)).Text);
        Assert.Equal(1, (await client.ExistsAsync(path))!.Value.Version);

        await client.DeleteAsync(path, 1);
        Assert.Null(await client.ExistsAsync(path));
        Assert.True(client.LastZxidSeen > created.Stat.Czxid);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Errors_say_what_was_expected(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);

        var exists = await Assert.ThrowsAsync<NodeExistsException>(async () => await client.CreateAsync(path));
        Assert.Equal((ErrorCode.NodeExists, "create", path), (exists.Code, exists.Operation, exists.Path));
        var version = await Assert.ThrowsAsync<BadVersionException>(async () => await client.SetDataAsync(path, "x", 7));
        Assert.Equal(7, version.ExpectedVersion);
        await Assert.ThrowsAsync<NoNodeException>(async () => await client.GetDataAsync(path + "/none"));
        await client.CreateAsync(path + "/child");
        await Assert.ThrowsAsync<NotEmptyException>(async () => await client.DeleteAsync(path));
        var slash = await Assert.ThrowsAsync<CoordinationException>(async () => await client.CreateAsync(path + "/"));
        Assert.Equal(ErrorCode.BadArguments, slash.Code);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.CreateAsync("relative"));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Every_kind_of_znode_can_be_created(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path, CreateOptions.Container);
        var ephemeral = await client.CreateAsync(path + "/e", CreateOptions.Ephemeral);
        Assert.Equal(client.Session!.Id, ephemeral.Stat.EphemeralOwner);
        var first = await client.CreateAsync(path + "/s-", CreateOptions.EphemeralSequential);
        var second = await client.CreateAsync(path + "/s-", CreateOptions.PersistentSequential);
        Assert.Equal(path + "/s-0000000001", first.Path);
        Assert.Equal(path + "/s-0000000002", second.Path);
        await client.CreateAsync(path + "/ttl", "x", CreateOptions.WithTimeToLive(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await client.CreateAsync(path + "/t", new CreateOptions { Mode = CreateMode.PersistentWithTimeToLive }));

        var children = await client.GetChildrenAsync(path);
        Assert.Equal(["e", "s-0000000001", "s-0000000002", "ttl"], children.Names.Order(StringComparer.Ordinal));
        Assert.Equal(4, children.Stat.NumChildren);
        Assert.Equal([ephemeral.Path, first.Path], (await client.GetEphemeralsAsync(path)).Order(StringComparer.Ordinal));
        Assert.Equal(4, await client.CountDescendantsAsync(path));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task An_acl_holds_for_those_who_are_not_in_it(ServerKind kind)
    {
        await using var owner = await ConnectAsync(
            Options(kind) with { Credentials = [Credential.Digest("ann", "secret")] });
        await using var stranger = await ConnectAsync(kind);
        string path = NewPath();
        await owner.CreateAsync(path, "mine", new CreateOptions { Acl = [new Acl(Permissions.All, new Identity("auth", ""))] });
        var acl = await owner.GetAclAsync(path);
        Assert.Equal("digest", Assert.Single(acl.Entries).Identity.Scheme);

        var denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await stranger.GetDataAsync(path));
        Assert.Equal(path, denied.Path);
        await stranger.AddCredentialAsync(Credential.Digest("ann", "secret"));
        Assert.Equal("mine", (await stranger.GetDataAsync(path)).Text);
        Assert.Contains(await stranger.WhoAmIAsync(), static identity => identity is { Scheme: "digest", Id: "ann" });

        var set = await owner.SetAclAsync(path, [Acl.ReadOnly], acl.Stat.Aversion);
        Assert.Equal(1, set.Aversion);
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await owner.SetDataAsync(path, "x"));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_chroot_is_the_root(ServerKind kind)
    {
        await using var outside = await ConnectAsync(kind);
        string root = NewPath();
        await outside.CreateAsync(root, "root");
        await using var inside = await ConnectAsync(Options(kind, root));
        Assert.Equal("root", (await inside.GetDataAsync("/")).Text);
        Assert.Equal("/a", (await inside.CreateAsync("/a", "x")).Path);
        Assert.Equal("/s-0000000001", (await inside.CreateAsync("/s-", CreateOptions.EphemeralSequential)).Path);
        Assert.Equal(["/s-0000000001"], await inside.GetEphemeralsAsync());
        Assert.Equal("x", (await outside.GetDataAsync(root + "/a")).Text);
        var told = new TaskCompletionSource<WatchEvent>();
        await inside.GetDataAsync("/a", told.SetResult);
        await outside.SetDataAsync(root + "/a", "y");
        Assert.Equal("/a", (await told.Task.WaitAsync(Soon)).Path);
        var results = await inside.BeginTransaction().Create("/b").Check("/a").CommitAsync();
        Assert.Equal("/b", Assert.IsType<CreateResult>(results[0]).Path);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_transaction_is_done_whole_or_not_at_all(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        var results = await client.BeginTransaction()
            .Create(path, "x"u8.ToArray())
            .Create(path + "/s-", options: CreateOptions.PersistentSequential)
            .SetData(path, "y"u8.ToArray(), 0)
            .Check(path, 1)
            .Delete(path + "/s-0000000000")
            .CommitAsync();
        Assert.Equal(path + "/s-0000000000", Assert.IsType<CreateResult>(results[1]).Path);
        Assert.Equal(1, Assert.IsType<SetDataResult>(results[2]).Stat.Version);
        Assert.IsType<CheckResult>(results[3]);
        Assert.IsType<DeleteResult>(results[4]);

        var failure = await Assert.ThrowsAsync<TransactionFailedException>(async () => await client.BeginTransaction()
            .SetData(path, "z"u8.ToArray())
            .Check(path, 9)
            .Delete(path)
            .CommitAsync());
        Assert.Equal(1, failure.Index);
        Assert.Equal(9, Assert.IsType<BadVersionException>(failure.Reason).ExpectedVersion);
        Assert.Equal("y", (await client.GetDataAsync(path)).Text);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_batch_reads_what_can_be_read(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.EnsurePathAsync(path + "/a/b");
        await client.SetDataAsync(path, "x");
        var read = await client.BeginRead().GetData(path).GetData(path + "/none").GetChildren(path).ReadAsync();
        Assert.Equal("x", Assert.IsType<DataRead>(read[0]).Znode.Text);
        Assert.IsType<NoNodeException>(Assert.IsType<ReadFailed>(read[1]).Reason);
        Assert.Equal(["a"], Assert.IsType<ChildrenRead>(read[2]).Names);
        Assert.True(await client.DeleteTreeAsync(path));
        Assert.False(await client.DeleteTreeAsync(path));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task Requests_are_done_in_the_order_in_which_they_were_made(ServerKind kind)
    {
        await using var client = await ConnectAsync(
            Options(kind) with { MaxInFlight = 10 });
        string path = NewPath();
        await client.CreateAsync(path);
        var sets = Enumerable.Range(0, 500).Select(i => client.SetDataAsync(path, new byte[1000 + i], i).AsTask()).ToArray();
        var read = client.GetDataAsync(path);
        await Task.WhenAll(sets).WaitAsync(Soon);
        Assert.Equal(1499, (await read).Data.Length);
        for (int i = 0; i < sets.Length; i++)
            Assert.Equal(i + 1, (await sets[i]).Version);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task What_is_too_long_for_the_server_fails_alone(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        var longest = new byte[1_048_575 - 100];
        var first = client.SetDataAsync(path, longest);
        var tooLong = await Assert.ThrowsAsync<CoordinationException>(
            async () => await client.SetDataAsync(path, new byte[1_048_576]));
        Assert.Equal(ErrorCode.BadArguments, tooLong.Code);
        Assert.Equal(1, (await first).Version);
        Assert.Equal(longest.Length, (await client.GetDataAsync(path)).Data.Length);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_cancelled_request_leaves_the_others_alone(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.CreateAsync(path);
        for (int i = 0; i < 200; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var cancelled = client.GetDataAsync(path, cancellation.Token);
            var other = client.ExistsAsync(path);
            if (i % 2 == 0)
                await cancellation.CancelAsync();
            else
                _ = Task.Run(cancellation.Cancel);
            try
            {
                Assert.Equal(0, (await cancelled).Version);
            }
            catch (OperationCanceledException exception)
            {
                Assert.Equal(cancellation.Token, exception.CancellationToken);
            }
            Assert.NotNull(await other);
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.GetDataAsync(path, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task An_answer_that_is_too_long_fails_its_request_only(ServerKind kind)
    {
        await using var client = await ConnectAsync(Options(kind) with { LongestReply = 2048 });
        string path = NewPath();
        await client.CreateAsync(path, new byte[4096]);
        var session = client.Session;
        var stat = client.ExistsAsync(path);
        var tooLong = client.GetDataAsync(path);
        var behind = client.ExistsAsync(path);
        Assert.NotNull(await stat);
        var failure = await Assert.ThrowsAsync<CoordinationException>(async () => await tooLong);
        Assert.Equal(ErrorCode.MarshallingError, failure.Code);
        Assert.Equal(4096, (await behind)!.Value.DataLength);
        Assert.Same(session, client.Session);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task A_server_alone_has_no_ensemble_to_change(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        Assert.True((await client.GetConfigurationAsync()).Data.IsEmpty);
        var refused = await Assert.ThrowsAsync<CoordinationException>(
            async () => await client.ReconfigureAsync("server.2=127.0.0.1:2888:3888", null));
        Assert.Equal(ErrorCode.ReconfigDisabled, refused.Code);
    }
}
