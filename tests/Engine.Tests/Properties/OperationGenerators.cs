using System.Text;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Makes random operations, on few paths, so that they meet.</summary>
internal static class OperationGenerators
{
    private static readonly Identity s_bob = DigestIdentity.FromCredentials("bob:secret"u8);
    private static readonly Identity s_address = new(AuthenticationScheme.Ip, "127.0.0.1");

    /// <summary>The identities of the sessions, by their number; that of session 3 is the super user's.</summary>
    public static Identity[][] Identities { get; } =
    [
        [s_address],
        [s_address],
        [s_address, s_bob],
        [s_address, new Identity(AuthenticationScheme.Super, "")],
        [new Identity(AuthenticationScheme.Ip, "10.0.0.7")],
    ];

    public static Gen<byte[]> Path { get; } = Gen.Frequency(
        (15, Elements(1)),
        (50, Elements(2)),
        (20, Elements(3)),
        (4, Gen.Elements("/zookeeper", "/zookeeper/quota", "/", "/zookeeper/a")),
        (2, Gen.Elements("", "a", "/a/", "//", "/a//b", "/.", "/a/..", "/\0", "/a\u0001", "/\ud83d\ude00", "a/b")))
        .Select(Encoding.UTF8.GetBytes);

    public static Gen<byte[]?> Data { get; } = Gen.Frequency(
        (1, Gen.Constant<byte[]?>(null)),
        (1, Gen.Constant<byte[]?>([])),
        (6, Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Select(bytes => (byte[]?)bytes)));

    public static Gen<Acl[]> Acls { get; } = Gen.Frequency(
        (30, Gen.Constant<Acl[]>([Acl.Open])),
        (2, Gen.Elements<Acl[]>([Acl.ReadOnly], [Acl.Open, Acl.Open], [Acl.Open, Acl.ReadOnly])),
        (3, Gen.Elements<Acl[]>(
            [new(Permissions.All, s_bob)],
            [new(Permissions.All, s_bob), Acl.ReadOnly],
            [new(Permissions.All, new Identity("ip", "127.0.0.0/8"))],
            [new(Permissions.All ^ Permissions.Admin, Identity.Anyone)],
            [new(Permissions.All ^ Permissions.Create, Identity.Anyone)])),
        (1, Gen.Constant<Acl[]>([new(Permissions.All, new Identity("auth", ""))])),
        (1, Gen.Elements<Acl[]>([], [new(Permissions.Read, new Identity("nonsense", "x"))])));

    /// <summary>An operation that may stand in a multi.</summary>
    public static Gen<WriteOperation> Single { get; } = Gen.Frequency(
        (14, Create()),
        (5, Path.SelectMany(path => Version().Select(WriteOperation (v) => new DeleteOperation(path, v)))),
        (5, Path.SelectMany(_ => Data, (path, data) => (path, data))
            .SelectMany(_ => Version(), WriteOperation (x, v) => new SetDataOperation(x.path, x.data, v))),
        (2, Path.SelectMany(_ => Acls, (path, acls) => (path, acls))
            .SelectMany(_ => Version(), WriteOperation (x, v) => new SetAclOperation(x.path, x.acls, v))),
        (1, Path.SelectMany(_ => Version(), WriteOperation (path, v) => new CheckOperation(path, v))));

    public static Gen<WriteOperation> Write { get; } = Gen.Frequency(
        (8, Single),
        (1, Path.SelectMany(path => Version().Select(WriteOperation (v) => new DeleteTreeOperation(path, v)))),
        (2, Gen.Choose(1, 4).SelectMany(count => Single.ArrayOf(count)).Select(WriteOperation (items) => new MultiOperation(items))));

    public static Gen<WriteOperation> Service { get; } = Gen.Elements("orders", "invoices").SelectMany(
        _ => Gen.Choose(-1, 9), WriteOperation (name, count) => new TakeNumbersOperation(name, count));

    public static Guid SiloOf(int number) => new(number, 0, 0, new byte[8]);

    private static Gen<WriteOperation> Create() =>
        from path in Gen.Frequency((8, Path), (1, Elements(1).Select(text => Encoding.UTF8.GetBytes(text + "/"))))
        from data in Data
        from acls in Acls
        from flags in Gen.Frequency((40, Gen.Choose(0, 3)), (1, Gen.Choose(-1, 5)))
        from returnsStat in Gen.Elements(true, false)
        from isContainer in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
        from timeToLive in Gen.Frequency((10, Gen.Constant(0L)), (1, Gen.Choose(-1, 50).Select(value => (long)value)))
        select (WriteOperation)new CreateOperation(path, data, acls, timeToLive > 0 ? 5 + flags % 2 : flags, returnsStat)
        {
            IsContainer = isContainer,
            TimeToLive = timeToLive == 0 ? null : timeToLive,
        };

    private static Gen<int> Version() => Gen.Frequency((16, Gen.Constant(-1)), (6, Gen.Choose(0, 2)), (1, Gen.Constant(-2)));

    private static Gen<string> Elements(int depth) =>
        Gen.Frequency((12, Gen.Elements("/a", "/b")), (1, Gen.Elements("/é", "/a0000000000", "/0000000001")))
            .ArrayOf(depth).Select(string.Concat);
}
