using Coordination.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Makes random records of the protocol.</summary>
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
}
