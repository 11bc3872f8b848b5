using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>The file that holds the checkpoint.</summary>
internal static class CheckpointFile
{
    /// <summary>The file's name in the data folder.</summary>
    public const string Name = "checkpoint.db";

    // znode: the key is the table, so that a load reads the file from its start to its end. The data comes last, so that
    // what is on overflow pages is data.
    // state.flushes counts, so that a flush has something to commit.
    public static SqliteFormat Format { get; } = new()
    {
        Purpose = "the checkpoint of a coordination service",
        ApplicationId = 0x436f4370, // "CoCp"
        Version = 1,
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
                  flushes INTEGER NOT NULL
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
                  silo BLOB NOT NULL
                )
                """,
            ["counter"] = """
                CREATE TABLE counter (
                  name TEXT PRIMARY KEY NOT NULL,
                  next INTEGER NOT NULL
                ) WITHOUT ROWID
                """,
            ["silo_batch"] = """
                CREATE TABLE silo_batch (
                  identity BLOB PRIMARY KEY NOT NULL,
                  batch_number INTEGER NOT NULL
                ) WITHOUT ROWID
                """,
        },
        Additions = new Dictionary<string, string>
        {
            ["session_answers"] = """
                CREATE TABLE session_answers (
                  id INTEGER PRIMARY KEY,
                  answers BLOB NOT NULL
                )
                """,
        },
    };

    /// <summary>Makes a checkpoint in a file that must not be there yet, durable when this returns.</summary>
    public static void Create(string path, Guid incarnation, CheckpointState state, IEnumerable<ZnodeChange> znodes)
    {
        using var database = SqliteDatabase.Open(path, SqliteAccess.Create, cacheKilobytes: 2048);
        database.Execute("BEGIN IMMEDIATE");
        Format.Create(database);
        using var insert = database.Prepare("INSERT INTO state VALUES (1, ?6, ?1, ?2, ?3, ?4, ?5, 0)");
        CheckpointWriter.Bind(insert, state);
        insert.Bind(6, incarnation);
        insert.Run();
        var writer = new CheckpointWriter(database);
        foreach (var znode in znodes)
            writer.Write(znode);
        database.Execute("COMMIT");
    }
}
