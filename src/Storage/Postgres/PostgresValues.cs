using System.Buffers.Binary;
using Coordination.Engine.Checkpoint;
using Npgsql;
using NpgsqlTypes;

namespace Coordination.Storage.Postgres;

/// <summary>How the storage's values stand in PostgreSQL's columns.</summary>
internal static class PostgresValues
{
    /// <summary>A checksum as a parameter: 16 bytes, big-endian.</summary>
    public static NpgsqlParameter<byte[]> Checksum(UInt128 value)
    {
        byte[] bytes = new byte[LogChecksum.Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new NpgsqlParameter<byte[]> { TypedValue = bytes, NpgsqlDbType = NpgsqlDbType.Bytea };
    }

    /// <summary>A number as a parameter.</summary>
    public static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    /// <summary>Reads a checksum.</summary>
    public static UInt128 ReadChecksum(NpgsqlDataReader reader, int column)
    {
        byte[] bytes = reader.GetFieldValue<byte[]>(column);
        return bytes.Length == LogChecksum.Size
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new LogCorruptException($"a checksum of {bytes.Length} bytes");
    }

    /// <summary>Adds a checkpoint's state as five parameters: position, zxid, checksum, epoch, format level.</summary>
    public static void Add(NpgsqlParameterCollection parameters, in CheckpointState state)
    {
        parameters.Add(Number(state.Position));
        parameters.Add(Number(state.Zxid));
        parameters.Add(Checksum(state.Checksum));
        parameters.Add(new NpgsqlParameter<int> { TypedValue = state.Epoch });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = state.FormatLevel });
    }
}
