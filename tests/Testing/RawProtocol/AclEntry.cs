namespace Coordination.Testing.RawProtocol;

/// <summary>One entry of a znode's ACL.</summary>
public readonly record struct AclEntry(Permissions Permissions, string Scheme, string Id)
{
    /// <summary>Everything to everyone: what a client sends that does not care.</summary>
    public static IReadOnlyList<AclEntry> OpenUnsafe { get; } = [new(Permissions.All, "world", "anyone")];

    /// <summary>Everything to the identities of the session that creates the znode.</summary>
    public static IReadOnlyList<AclEntry> CreatorAll { get; } = [new(Permissions.All, "auth", "")];

    internal static AclEntry Read(ref JuteReader reader) =>
        new((Permissions)reader.ReadInt(), reader.ReadString() ?? "", reader.ReadString() ?? "");

    internal void Write(JuteWriter writer)
    {
        writer.WriteInt((int)Permissions);
        writer.WriteString(Scheme);
        writer.WriteString(Id);
    }
}
