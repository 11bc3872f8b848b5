namespace Coordination.Protocol;

/// <summary>Encodes and decodes a <c>vector&lt;ACL&gt;</c>.</summary>
public static class AclVector
{
    private const int LeastAclLength = 12;

    private static readonly Acl[] _open = [Acl.Open];

    private static ReadOnlySpan<byte> EncodedOpen =>
        "\0\0\0\u0001\0\0\0\u001f\0\0\0\u0005world\0\0\0\u0006anyone"u8;

    /// <summary>Decodes a list of ACL entries; the null vector as an empty list, and a null scheme as an empty one.</summary>
    /// <remarks>A client may send null for an id, which is null here then. No server keeps such an entry.</remarks>
    /// <exception cref="MalformedRecordException">The bytes are no such list.</exception>
    public static Acl[] Read(ref JuteReader reader)
    {
        // Nearly every create asks for this one.
        if (reader.TryTake(EncodedOpen))
            return _open;
        int count = reader.ReadCount(LeastAclLength);
        if (count == 0)
            return [];
        var acls = new Acl[count];
        for (int i = 0; i < count; i++)
            acls[i] = new Acl((Permissions)reader.ReadInt(), new Identity(reader.ReadString(), reader.ReadStringOrNull()!));
        return acls;
    }

    /// <summary>Encodes a list of ACL entries.</summary>
    public static void Write(JuteBuffer buffer, ReadOnlySpan<Acl> acls)
    {
        buffer.WriteInt(acls.Length);
        foreach (var acl in acls)
        {
            buffer.WriteInt((int)acl.Permissions);
            buffer.WriteString(acl.Identity.Scheme);
            buffer.WriteString(acl.Identity.Id);
        }
    }
}
