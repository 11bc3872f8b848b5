namespace Coordination.Storage.Sqlite;

/// <summary>How a connection uses its file.</summary>
internal enum SqliteAccess
{
    /// <summary>Makes the file, which must not be there yet.</summary>
    Create,

    /// <summary>Reads and writes, every commit synced to the disk.</summary>
    WriteSynced,

    /// <summary>Reads and writes; commits are synced when a later synced commit or a WAL checkpoint is.</summary>
    WriteUnsynced,

    /// <summary>Reads.</summary>
    Read,
}
