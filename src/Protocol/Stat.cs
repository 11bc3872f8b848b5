using System.Buffers.Binary;

namespace Coordination.Protocol;

/// <summary>What ZooKeeper tells of a znode beside its data, as clients see it: 68 bytes on the wire.</summary>
/// <param name="Czxid">The zxid that created it.</param>
/// <param name="Mzxid">The zxid that last set its data.</param>
/// <param name="Ctime">When it was created, in milliseconds since 1970.</param>
/// <param name="Mtime">When its data was last set, in milliseconds since 1970.</param>
/// <param name="Version">How often its data was set.</param>
/// <param name="Cversion">How often a child was created or deleted.</param>
/// <param name="Aversion">How often its ACL was set.</param>
/// <param name="EphemeralOwner">The session that owns it when it is ephemeral, otherwise 0.</param>
/// <param name="DataLength">The length of its data in bytes; 0 for null data too.</param>
/// <param name="NumChildren">How many children it has.</param>
/// <param name="Pzxid">The zxid that last created or deleted a child.</param>
public readonly record struct Stat(
    long Czxid,
    long Mzxid,
    long Ctime,
    long Mtime,
    int Version,
    int Cversion,
    int Aversion,
    long EphemeralOwner,
    int DataLength,
    int NumChildren,
    long Pzxid)
{
    /// <summary>How many bytes a Stat takes on the wire.</summary>
    public const int EncodedLength = 68;

    /// <summary>Decodes a Stat.</summary>
    /// <exception cref="MalformedRecordException">The record is shorter than a Stat.</exception>
    public static Stat Read(ref JuteReader reader) => new(
        reader.ReadLong(),
        reader.ReadLong(),
        reader.ReadLong(),
        reader.ReadLong(),
        reader.ReadInt(),
        reader.ReadInt(),
        reader.ReadInt(),
        reader.ReadLong(),
        reader.ReadInt(),
        reader.ReadInt(),
        reader.ReadLong());

    /// <summary>Encodes the Stat.</summary>
    public void Write(JuteBuffer buffer)
    {
        var destination = buffer.Append(EncodedLength);
        BinaryPrimitives.WriteInt64BigEndian(destination, Czxid);
        BinaryPrimitives.WriteInt64BigEndian(destination[8..], Mzxid);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], Ctime);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], Mtime);
        BinaryPrimitives.WriteInt32BigEndian(destination[32..], Version);
        BinaryPrimitives.WriteInt32BigEndian(destination[36..], Cversion);
        BinaryPrimitives.WriteInt32BigEndian(destination[40..], Aversion);
        BinaryPrimitives.WriteInt64BigEndian(destination[44..], EphemeralOwner);
        BinaryPrimitives.WriteInt32BigEndian(destination[52..], DataLength);
        BinaryPrimitives.WriteInt32BigEndian(destination[56..], NumChildren);
        BinaryPrimitives.WriteInt64BigEndian(destination[60..], Pzxid);
    }
}
