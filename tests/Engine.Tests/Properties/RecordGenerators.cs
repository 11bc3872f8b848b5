using Coordination.Engine.Requests;
using Coordination.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Makes random records of the protocol and of the traffic between silos.</summary>
internal static class RecordGenerators
{
    public static Gen<int> Int { get; } = Gen.Frequency(
        (2, Gen.Choose(-3, 300)),
        (1, Gen.Elements(int.MinValue, int.MaxValue, -1, 0)),
        (2, Gen.Choose(int.MinValue, int.MaxValue)));

    public static Gen<long> Long { get; } =
        Int.SelectMany(_ => Int, (high, low) => ((long)high << 32) | (uint)low);

    public static Gen<string> Text { get; } =
        Gen.Elements("", "a", "world", "é", "木", "😀", "\0", ":", "x:y", " ").ArrayOf().Select(string.Concat);

    public static Gen<byte[]> Bytes { get; } = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    public static Gen<byte[]?> BytesOrNull { get; } =
        Gen.Frequency((1, Gen.Constant<byte[]?>(null)), (5, Bytes.Select(bytes => (byte[]?)bytes)));

    public static Gen<Identity> Identity { get; } = Text.SelectMany(_ => Text, (scheme, id) => new Identity(scheme, id));

    public static Gen<Acl[]> Acls { get; } = Gen.Frequency(
        (1, Gen.Constant<Acl[]>([Acl.Open])),
        (1, Gen.Constant<Acl[]>([Acl.Open, Acl.ReadOnly])),
        (4, Int.SelectMany(_ => Identity, (permissions, identity) => new Acl((Permissions)permissions, identity)).ArrayOf()));

    public static Gen<Stat> Stat { get; } =
        from longs in Long.ArrayOf(6)
        from ints in Int.ArrayOf(5)
        select new Stat(
            longs[0], longs[1], longs[2], longs[3], ints[0], ints[1], ints[2], longs[4], ints[3], ints[4], longs[5]);

    public static Gen<Caller> Caller { get; } =
        from sessionId in Long
        from attachZxid in Long
        from identities in Identity.ArrayOf()
        select new Caller(sessionId, attachZxid, identities);

    public static Gen<Guid> Guid { get; } = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(16).Select(bytes => new Guid(bytes));

    /// <summary>Any operation that one silo hands to another, its fields of any value.</summary>
    public static Gen<WriteOperation> Operation { get; } = Gen.Frequency(
        (6, Single()),
        (2, Single().ArrayOf().Select(WriteOperation (items) => new MultiOperation(items))),
        (3, Session()));

    private static Gen<WriteOperation> Single() => Gen.OneOf(
        from path in Bytes
        from data in BytesOrNull
        from acls in Acls
        from flags in Int
        from returnsStat in Gen.Elements(true, false)
        from isContainer in Gen.Elements(true, false)
        from timeToLive in Gen.OneOf(Gen.Constant<long?>(null), Long.Select(value => (long?)value))
        select (WriteOperation)new CreateOperation(path, data, acls, flags, returnsStat)
        {
            IsContainer = isContainer,
            TimeToLive = timeToLive,
        },
        Bytes.SelectMany(_ => Int, WriteOperation (path, version) => new DeleteOperation(path, version)),
        Bytes.SelectMany(_ => Int, WriteOperation (path, version) => new DeleteTreeOperation(path, version)),
        Bytes.SelectMany(_ => Int, WriteOperation (path, version) => new CheckOperation(path, version)),
        Bytes.SelectMany(_ => Long, WriteOperation (path, czxid) => new CheckOperation(path, -1) { Czxid = czxid }),
        from path in Bytes
        from data in BytesOrNull
        from version in Int
        select (WriteOperation)new SetDataOperation(path, data, version),
        from path in Bytes
        from acls in Acls
        from version in Int
        select (WriteOperation)new SetAclOperation(path, acls, version));

    private static Gen<WriteOperation> Session() => Gen.OneOf(
        from id in Long
        from password in Bytes
        from timeout in Int
        from silo in Guid
        from opens in Gen.Elements(true, false)
        select opens
            ? (WriteOperation)new OpenSessionOperation(id, password, timeout, silo)
            : new AttachSessionOperation(id, password, timeout, silo),
        Long.SelectMany(_ => Long, WriteOperation (id, zxid) => new CloseSessionOperation(id, zxid % 2 == 0 ? zxid : null)),
        Text.SelectMany(_ => Int, WriteOperation (counter, count) => new TakeNumbersOperation(counter, count)));
}
