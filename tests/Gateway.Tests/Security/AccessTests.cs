using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Security;

/// <summary>For every operation: that it is refused to one whom the ACL does not let in, and to no other.</summary>
public sealed partial class AccessTests(SecuritySilo silo) : IClassFixture<SecuritySilo>
{
    private static readonly (string Name, Permissions Needed, bool OfParent, Operation Run)[] s_operations =
    [
        ("create", Permissions.Create, true, async (client, path) => (await client.CreateAsync(path + "/new", null)).Error),
        ("create2", Permissions.Create, true, async (client, path) => (await client.Create2Async(path + "/new", null)).Error),
        ("create ephemeral", Permissions.Create, true,
            async (client, path) => (await client.CreateAsync(path + "/new", null, CreateMode.Ephemeral)).Error),
        ("create sequential", Permissions.Create, true,
            async (client, path) => (await client.CreateAsync(path + "/new-", null, CreateMode.PersistentSequential)).Error),
        ("createContainer", Permissions.Create, true,
            async (client, path) => (await client.CreateContainerAsync(path + "/new", null)).Error),
        ("createTTL", Permissions.Create, true,
            async (client, path) => (await client.CreateTtlAsync(path + "/new", null, CreateMode.PersistentWithTtl, 60_000)).Error),
        ("create what exists", Permissions.Create, true, async (client, path) =>
            await client.CreateAsync(path + "/child", null) is { Error: not ErrorCode.NodeExists and var error } ? error : ErrorCode.Ok),
        ("delete", Permissions.Delete, true, async (client, path) => (await client.DeleteAsync(path + "/child")).Error),
        ("delete what is not there", Permissions.Delete, true, async (client, path) =>
            await client.DeleteAsync(path + "/none") is { Error: not ErrorCode.NoNode and var error } ? error : ErrorCode.Ok),
        ("exists", Permissions.Read, false, async (client, path) => (await client.ExistsAsync(path)).Error),
        ("exists with a watch", Permissions.Read, false,
            async (client, path) => (await client.ExistsAsync(path, watch: true)).Error),
        ("getData", Permissions.Read, false, async (client, path) => (await client.GetDataAsync(path)).Error),
        ("getChildren", Permissions.Read, false, async (client, path) => (await client.GetChildrenAsync(path)).Error),
        ("getChildren2", Permissions.Read, false, async (client, path) => (await client.GetChildren2Async(path)).Error),
        ("getAllChildrenNumber", Permissions.Read, false,
            async (client, path) => (await client.GetAllChildrenNumberAsync(path)).Error),
        ("multiRead: getData", Permissions.Read, false, async (client, path) =>
            Assert.Single((await client.MultiReadAsync(MultiOperation.GetData(path))).Value).Error),
        ("multiRead: getChildren", Permissions.Read, false, async (client, path) =>
            Assert.Single((await client.MultiReadAsync(MultiOperation.GetChildren(path))).Value).Error),
        ("getACL", Permissions.Read | Permissions.Admin, false, async (client, path) => (await client.GetAclAsync(path)).Error),
        ("setData", Permissions.Write, false, async (client, path) => (await client.SetDataAsync(path, [1])).Error),
        ("setData of another version", Permissions.Write, false, async (client, path) =>
            await client.SetDataAsync(path, [1], 77) is { Error: not ErrorCode.BadVersion and var error } ? error : ErrorCode.Ok),
        ("setACL", Permissions.Admin, false, async (client, path) => (await client.SetAclAsync(path, AclEntry.OpenUnsafe)).Error),
        ("multi: create", Permissions.Create, true,
            (client, path) => MultiAsync(client, MultiOperation.Create(path + "/new", null))),
        ("multi: create2", Permissions.Create, true,
            (client, path) => MultiAsync(client, MultiOperation.Create2(path + "/new", null))),
        ("multi: createContainer", Permissions.Create, true,
            (client, path) => MultiAsync(client, MultiOperation.CreateContainer(path + "/new", null))),
        ("multi: createTTL", Permissions.Create, true, (client, path) => MultiAsync(
            client, MultiOperation.CreateTtl(path + "/new", null, CreateMode.PersistentWithTtl, 60_000))),
        ("multi: delete", Permissions.Delete, true, (client, path) => MultiAsync(client, MultiOperation.Delete(path + "/child"))),
        ("multi: setData", Permissions.Write, false, (client, path) => MultiAsync(client, MultiOperation.SetData(path, null))),
        ("multi: check", Permissions.Read, false, (client, path) => MultiAsync(client, MultiOperation.Check(path, -1))),
    ];

    private static readonly Permissions[] s_permissions =
        [Permissions.Read, Permissions.Write, Permissions.Create, Permissions.Delete, Permissions.Admin];

    // What one client is, logged in as anna, and what it is not.
    private static readonly (string Scheme, string Own, string Another)[] s_identities =
        [("ip", "127.0.0.1", "127.0.0.2"), ("ip", "127.0.0.0/8", "128.0.0.0/8"), ("sasl", "anna", "bert")];

    private static int s_paths;

    private delegate Task<ErrorCode> Operation(RawZooKeeperClient client, string path);

    public static TheoryData<string> Operations => [.. s_operations.Select(static operation => operation.Name)];

    [SiloTheory(Timeout = 120_000)]
    [MemberData(nameof(Operations))]
    public async Task Operation_needs_its_permission_and_no_other(string name)
    {
        var (_, needed, _, run) = s_operations.Single(operation => operation.Name == name);
        await using var insider = await silo.ConnectAsync();
        await insider.AuthenticateAsync("digest", "insider:secret");
        await using var outsider = await silo.ConnectAsync();
        await outsider.AuthenticateAsync("digest", "outsider:secret");

        foreach (var permission in s_permissions)
        {
            string path = await MakeAsync(insider, permission);
            Assert.Equal(ErrorCode.NoAuth, await run(outsider, path));
            Assert.Equal((permission & needed) != 0 ? ErrorCode.Ok : ErrorCode.NoAuth, await run(insider, path));
        }
        string rest = await MakeAsync(insider, Permissions.All & ~needed);
        Assert.Equal(ErrorCode.NoAuth, await run(insider, rest));
        await outsider.CloseSessionAsync();
        await insider.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [MemberData(nameof(Operations))]
    public async Task Operation_needs_its_permission_whatever_scheme_it_is_under(string name)
    {
        var (_, needed, _, run) = s_operations.Single(operation => operation.Name == name);
        await using var client = await silo.ConnectAsync();
        await LogInAsync(client, "anna", "secret");
        foreach (var (scheme, own, another) in s_identities)
        {
            foreach (var permission in s_permissions)
            {
                Assert.Equal(ErrorCode.NoAuth, await run(client, await MakeAsync(client, new AclEntry(Permissions.All, scheme, another))));
                Assert.Equal(
                    (permission & needed) != 0 ? ErrorCode.Ok : ErrorCode.NoAuth,
                    await run(client, await MakeAsync(client, new AclEntry(permission, scheme, own))));
            }
        }
        await client.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [MemberData(nameof(Operations))]
    public async Task Nobody_inherits_a_permission_but_the_super_user_has_them_all(string name)
    {
        var (_, _, isOfParent, run) = s_operations.Single(operation => operation.Name == name);
        await using var insider = await silo.ConnectAsync();
        await insider.AuthenticateAsync("digest", "insider:secret");
        string top = await MakeAsync(insider, Permissions.All);
        // Who may do anything above may do nothing below, unless it is the znode above that is asked.
        string path = top + "/closed";
        await insider.CreateAsync(path, null);
        await insider.CreateAsync(path + "/child", null);
        await insider.SetAclAsync(path, [new AclEntry(Permissions.All, "digest", "nobody:hash")]);
        Assert.Equal(ErrorCode.NoAuth, await run(insider, path));
        // And what is closed itself is no matter where the one above is what counts.
        if (isOfParent)
        {
            await insider.CreateAsync(top + "/child", null, acl: [new AclEntry(Permissions.None, "world", "anyone")]);
            Assert.Equal(ErrorCode.Ok, await run(insider, top));
        }
        await insider.AuthenticateAsync("digest", "super:test");
        Assert.Equal(ErrorCode.Ok, await run(insider, path));
        await insider.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Reading_what_is_not_there_is_no_matter_of_permission()
    {
        await using var client = await silo.ConnectAsync();
        Assert.Equal(ErrorCode.NoNode, (await client.ExistsAsync("/nothing-here")).Error);
        Assert.Equal(ErrorCode.NoNode, (await client.GetDataAsync("/nothing-here")).Error);
        Assert.Equal(ErrorCode.NoNode, (await client.GetAclAsync("/nothing-here")).Error);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Events_are_for_those_who_may_read()
    {
        await using var insider = await silo.ConnectAsync();
        await insider.AuthenticateAsync("digest", "insider:secret");
        await using var outsider = await silo.ConnectAsync();
        string path = NextPath();
        Assert.Equal(ErrorCode.NoNode, (await outsider.ExistsAsync(path, watch: true)).Error);
        Assert.Equal(ErrorCode.NoNode, (await insider.ExistsAsync(path, watch: true)).Error);
        await insider.CreateAsync(path, null, acl: AclEntry.CreatorAll);
        Assert.Equal(path, (await insider.NextNotificationAsync(RunningSilo.Soon)).Path);
        // Its answer comes behind whatever the outsider was told.
        await outsider.SyncAsync("/");
        Assert.False(outsider.Notifications.TryRead(out _));
        await outsider.CloseSessionAsync();
        await insider.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData(AddWatchMode.Persistent)]
    [InlineData(AddWatchMode.PersistentRecursive)]
    public async Task Lasting_watches_tell_those_who_may_read(AddWatchMode mode)
    {
        await using var insider = await silo.ConnectAsync();
        await insider.AuthenticateAsync("digest", "insider:secret");
        await using var outsider = await silo.ConnectAsync();
        string path = NextPath();
        await insider.CreateAsync(path, null, acl: AclEntry.CreatorAll);
        Assert.True((await insider.AddWatchAsync(path, mode)).IsOk);
        Assert.True((await outsider.AddWatchAsync(path, mode)).IsOk);
        await insider.SetDataAsync(path, [1]);
        Assert.Equal(WatchEventType.NodeDataChanged, (await insider.NextNotificationAsync(RunningSilo.Soon)).Type);
        await outsider.SyncAsync("/");
        Assert.False(outsider.Notifications.TryRead(out _));
        await insider.SetAclAsync(path, AclEntry.OpenUnsafe);
        await insider.SetDataAsync(path, [2]);
        Assert.Equal(path, (await outsider.NextNotificationAsync(RunningSilo.Soon)).Path);
        await outsider.CloseSessionAsync();
        await insider.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Hashes_are_shown_to_those_only_who_may_set_them()
    {
        await using var insider = await silo.ConnectAsync();
        await insider.AuthenticateAsync("digest", "insider:secret");
        await using var reader = await silo.ConnectAsync();
        string path = NextPath();
        await insider.CreateAsync(path, null, acl: AclEntry.CreatorAll);
        string whole = Assert.Single((await insider.GetAclAsync(path)).Value.Entries).Id;
        Assert.StartsWith("insider:", whole);
        Assert.Equal(28, whole["insider:".Length..].Length);
        await insider.SetAclAsync(path, [new(Permissions.All, "digest", whole), new(Permissions.Read, "ip", "127.0.0.0/8")]);
        var shown = (await reader.GetAclAsync(path)).Value.Entries;
        Assert.Equal(["insider:x", "127.0.0.0/8"], shown.Select(static entry => entry.Id));
        await reader.CloseSessionAsync();
        await insider.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("nonsense", "x")]
    [InlineData("super", "")]
    [InlineData("world", "somebody")]
    [InlineData("digest", "nocolon")]
    [InlineData("ip", "127.0.0.1/33")]
    [InlineData("sasl", "anna@here@there")]
    public async Task Acl_of_a_scheme_or_an_id_that_is_none_is_invalid(string scheme, string id)
    {
        await using var client = await silo.ConnectAsync();
        string path = NextPath();
        var acl = new AclEntry[] { new(Permissions.All, scheme, id) };
        Assert.Equal(ErrorCode.InvalidAcl, (await client.CreateAsync(path, null, acl: acl)).Error);
        await client.CreateAsync(path, null);
        Assert.Equal(ErrorCode.InvalidAcl, (await client.SetAclAsync(path, acl)).Error);
        Assert.Equal(ErrorCode.InvalidAcl, (await client.SetAclAsync(path, [.. AclEntry.OpenUnsafe, .. acl])).Error);
        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Connection_cannot_take_identities_without_end()
    {
        await using var client = await silo.ConnectAsync();
        int taken = 0;
        while ((await client.AuthenticateAsync("digest", string.Create(CultureInfo.InvariantCulture, $"user{taken}:x"))).IsOk)
            Assert.InRange(++taken, 1, 1000);
        Assert.InRange(taken, 100, 256);
        await client.Ended.WaitAsync(RunningSilo.Soon);
    }

    private static async Task<ErrorCode> MultiAsync(RawZooKeeperClient client, MultiOperation operation) =>
        Assert.Single((await client.MultiAsync(operation)).Value).Error;

    private static string NextPath() => string.Create(CultureInfo.InvariantCulture, $"/access-{Interlocked.Increment(ref s_paths)}");

    private static async Task LogInAsync(RawZooKeeperClient client, string user, string password)
    {
        string challenge = Encoding.ASCII.GetString((await client.SaslAsync([])).Value!);
        string nonce = Nonce().Match(challenge).Groups[1].Value;
        var login = new DigestMd5Client(user, password, "MHXh6VqTrRk");
        Assert.True((await client.SaslAsync(Encoding.UTF8.GetBytes(login.Token(nonce)))).IsOk);
    }

    [GeneratedRegex("nonce=\"([^\"]{16,})\"")]
    private static partial Regex Nonce();

    // A znode with a child, on which the digest of insider:secret has the permissions given.
    private static Task<string> MakeAsync(RawZooKeeperClient client, Permissions permissions) =>
        MakeAsync(client, new AclEntry(permissions, "auth", ""));

    private static async Task<string> MakeAsync(RawZooKeeperClient client, AclEntry entry)
    {
        string path = NextPath();
        Assert.True((await client.CreateAsync(path, null)).IsOk);
        Assert.True((await client.CreateAsync(path + "/child", null)).IsOk);
        Assert.True((await client.SetAclAsync(path, [entry])).IsOk);
        return path;
    }
}
