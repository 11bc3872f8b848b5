using System.Buffers.Binary;

namespace Coordination.Storage.Sqlite;

/// <summary>Tells a damaged WAL from one whose end a crash tore.</summary>
/// <remarks>SQLite takes the first frame of a WAL that does not match its checksum for the end, and drops what follows.
/// That is right for a commit that was being written when the machine stopped, and only for that: the next one is not
/// begun before it is synced. Where two commits follow, a frame that was durable is damaged, and commits are lost.
/// Offsets as in sqlite.org/fileformat2.html#walformat.</remarks>
internal static class WalRemains
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const int FrameSize = FrameHeaderSize + SqliteDatabase.PageSize;

    /// <summary>Whether commits that were durable follow what SQLite has recovered. Nobody may write meanwhile.</summary>
    /// <param name="databasePath">The database.</param>
    /// <param name="recoveredFrames">How many frames of its WAL SQLite has recovered.</param>
    public static bool HoldLostCommits(string databasePath, int recoveredFrames)
    {
        string path = databasePath + "-wal";
        if (!File.Exists(path))
            return false;
        using var wal = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> header = stackalloc byte[HeaderSize];
        if (wal.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return false;

        bool sound = IsSound(header);
        var salts = header[16..24];
        int commits = 0;
        Span<byte> frame = stackalloc byte[FrameHeaderSize];
        for (long at = HeaderSize + ((long)recoveredFrames * FrameSize); at + FrameSize <= wal.Length; at += FrameSize)
        {
            wal.Position = at;
            wal.ReadExactly(frame);
            bool commit = BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0;
            if (commit && (!sound || frame[8..16].SequenceEqual(salts)))
                commits++;
        }

        // The header fits in a sector and is synced before the first frame: nothing but damage makes it unsound.
        return sound ? commits > 1 : commits > 0;
    }

    private static bool IsSound(ReadOnlySpan<byte> header)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if ((magic & ~1u) != 0x377f0682)
            return false;
        bool bigEndian = (magic & 1) != 0;
        uint first = 0, second = 0;
        for (int at = 0; at < FrameHeaderSize; at += 8)
        {
            first += Word(header[at..], bigEndian) + second;
            second += Word(header[(at + 4)..], bigEndian) + first;
        }
        return first == BinaryPrimitives.ReadUInt32BigEndian(header[24..])
            && second == BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
