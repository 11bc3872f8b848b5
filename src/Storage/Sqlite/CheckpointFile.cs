using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>The file that holds the checkpoint.</summary>
internal static class CheckpointFile
{
    /// <summary>The file's name in the data folder.</summary>
    public const string Name = "checkpoint.db";

    /// <summary>What the file is for, in a message.</summary>
    public const string Purpose = "the checkpoint of a coordination service";

    /// <summary>The application id in SQLite's header: CoCp.</summary>
    public const int ApplicationId = 0x436f4370;

    // znode: the key is the table, so that a load reads the file from its start to its end. The data comes last, so that
    // what is on overflow pages is data.
    // *_checksum: see CheckpointChecksums. state.checksum is that of the last row of the log that is folded in.
    // state.flushes counts, so that a flush has something to commit.
    public static SqliteFormat Format { get; } = new()
    {
        Purpose = Purpose,
        ApplicationId = ApplicationId,
        Version = 2,
        Former = FormerCheckpoint.Format,
        Tables = new Dictionary<string, string>
        {
            ["state"] = """
                CREATE TABLE state (
                  id INTEGER PRIMARY KEY CHECK (id = 1),
                  incarnation BLOB NOT NULL,
                  position INTEGER NOT NULL,
                  zxid INTEGER NOT NULL,
                  checksum BLOB NOT NULL,
                  epoch INTEGER NOT NULL,
                  format_level INTEGER NOT NULL,
                  flushes INTEGER NOT NULL,
                  znodes INTEGER NOT NULL,
                  sessions INTEGER NOT NULL,
                  answers INTEGER NOT NULL,
                  counters INTEGER NOT NULL,
                  silo_batches INTEGER NOT NULL,
                  row_checksum INTEGER NOT NULL
                )
                """,
            ["znode"] = """
                CREATE TABLE znode (
                  path TEXT PRIMARY KEY NOT NULL,
                  czxid INTEGER NOT NULL,
                  mzxid INTEGER NOT NULL,
                  pzxid INTEGER NOT NULL,
                  ctime INTEGER NOT NULL,
                  mtime INTEGER NOT NULL,
                  version INTEGER NOT NULL,
                  aversion INTEGER NOT NULL,
                  created_children INTEGER NOT NULL,
                  ephemeral_owner INTEGER NOT NULL,
                  origin_checksum INTEGER NOT NULL,
                  data_checksum INTEGER NOT NULL,
                  acl_checksum INTEGER NOT NULL,
                  pzxid_checksum INTEGER NOT NULL,
                  created_children_checksum INTEGER NOT NULL,
                  acl BLOB NOT NULL,
                  data BLOB
                ) WITHOUT ROWID
                """,
            ["session"] = """
                CREATE TABLE session (
                  id INTEGER PRIMARY KEY,
                  password BLOB NOT NULL,
                  timeout_ms INTEGER NOT NULL,
                  attach_zxid INTEGER NOT NULL,
                  silo BLOB NOT NULL,
                  password_checksum INTEGER NOT NULL,
                  attachment_checksum INTEGER NOT NULL
                )
                """,
            ["session_answers"] = """
                CREATE TABLE session_answers (
                  id INTEGER PRIMARY KEY,
                  answers_checksum INTEGER NOT NULL,
                  answers BLOB NOT NULL
                )
                """,
            ["counter"] = """
                CREATE TABLE counter (
                  name TEXT PRIMARY KEY NOT NULL,
                  next INTEGER NOT NULL,
                  row_checksum INTEGER NOT NULL
                ) WITHOUT ROWID
                """,
            ["silo_batch"] = """
                CREATE TABLE silo_batch (
                  identity BLOB PRIMARY KEY NOT NULL,
                  batch_number INTEGER NOT NULL,
                  row_checksum INTEGER NOT NULL
                ) WITHOUT ROWID
                """,
        },
    };

    /// <summary>Makes a checkpoint in a file that must not be there yet, durable when this returns.</summary>
    public static void Create(string path, Guid incarnation, CheckpointState state, IEnumerable<ZnodeChange> znodes)
    {
        using var database = SqliteDatabase.Open(path, SqliteAccess.Create, cacheKilobytes: 2048);
        database.Execute("BEGIN IMMEDIATE");
        Format.Create(database);
        var writer = CheckpointWriter.ForNewTables(database, incarnation);
        foreach (var znode in znodes)
            writer.Write(znode);
        writer.Move(state);
        database.Execute("COMMIT");
    }
}
