namespace Coordination.Testing.RawProtocol;

/// <summary>A page of a list of children.</summary>
/// <param name="Zxid">What the list is of.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="IsLast">Whether there are none behind these.</param>
/// <param name="Children">The children of this page.</param>
public sealed record ChildrenPage(long Zxid, int Total, bool IsLast, IReadOnlyList<ListedChild> Children)
{
    internal static ChildrenPage Read(ref JuteReader reader) =>
        new(reader.ReadLong(), reader.ReadInt(), reader.ReadBool(), reader.ReadVector(ListedChild.Read));
}
