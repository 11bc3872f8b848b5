using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>The checkpoint's format 1, whose rows had no checksums, and the way from it to the present one.</summary>
internal static class FormerCheckpoint
{
    public static SqliteFormat Format { get; } = new()
    {
        Purpose = CheckpointFile.Purpose,
        ApplicationId = CheckpointFile.ApplicationId,
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

    /// <summary>Brings a file of this format to the present one, in one transaction, which the caller rolls back where this
    /// throws: all rows are written anew, as they stand.</summary>
    /// <returns>False, with nothing done, where the file is of the present format.</returns>
    public static bool TryBringUpToDate(SqliteDatabase database)
    {
        if (SqliteFormat.VersionOf(database) != Format.Version)
            return false;
        database.Execute("BEGIN IMMEDIATE");
        // Another connection may have been faster.
        bool isFormer = SqliteFormat.VersionOf(database) == Format.Version;
        if (isFormer)
            WriteAnew(database);
        database.Execute("COMMIT");
        return isFormer;
    }

    private static void WriteAnew(SqliteDatabase database)
    {
        Format.Complete(database);
        var (state, incarnation, _) = new CheckpointReader(database).ReadState();
        string[] tables = [.. Format.Tables.Keys, .. Format.Additions.Keys];
        foreach (string table in tables)
            database.Execute($"ALTER TABLE {table} RENAME TO former_{table}");
        CheckpointFile.Format.Create(database);
        var writer = CheckpointWriter.ForNewTables(database, incarnation);
        CopyZnodes(database, writer);
        CopySessions(database, writer);
        CopyOthers(database, writer);
        writer.Move(state);
        foreach (string table in tables)
            database.Execute($"DROP TABLE former_{table}");
    }

    private static void CopyZnodes(SqliteDatabase database, CheckpointWriter writer)
    {
        using var rows = database.Prepare(
            """
            SELECT path, data, acl, czxid, mzxid, pzxid, ctime, mtime, version, aversion, created_children, ephemeral_owner
            FROM former_znode ORDER BY path
            """);
        while (rows.Step())
        {
            writer.Write(new ZnodeChange
            {
                Path = rows.Bytes(0).ToArray(),
                Kind = ZnodeChangeKind.Add,
                Data = rows.IsNull(1) ? (ReadOnlyMemory<byte>?)null : rows.Bytes(1).ToArray(),
                Acl = rows.Bytes(2).ToArray(),
                Czxid = rows.Number(3),
                Mzxid = rows.Number(4),
                Pzxid = rows.Number(5),
                Ctime = rows.Number(6),
                Mtime = rows.Number(7),
                Version = (int)rows.Number(8),
                Aversion = (int)rows.Number(9),
                CreatedChildren = (int)rows.Number(10),
                EphemeralOwner = rows.Number(11),
            });
        }
    }

    private static void CopySessions(SqliteDatabase database, CheckpointWriter writer)
    {
        using var rows = database.Prepare(
            """
            SELECT id, password, timeout_ms, attach_zxid, silo, answers
            FROM former_session LEFT JOIN former_session_answers USING (id) ORDER BY id
            """);
        while (rows.Step())
        {
            long id = rows.Number(0);
            writer.Write(id, new SessionRecord(
                id, rows.Bytes(1).ToArray(), (int)rows.Number(2), rows.Number(3), rows.Identity(4)));
            if (!rows.IsNull(5))
                writer.WriteAnswers(id, rows.Bytes(5).ToArray());
        }
    }

    private static void CopyOthers(SqliteDatabase database, CheckpointWriter writer)
    {
        using var counters = database.Prepare("SELECT name, next FROM former_counter ORDER BY name");
        while (counters.Step())
            writer.WriteCounter(Encoding.UTF8.GetString(counters.Bytes(0)), counters.Number(1));
        using var batches = database.Prepare("SELECT identity, batch_number FROM former_silo_batch ORDER BY identity");
        while (batches.Step())
            writer.WriteSiloBatch(batches.Identity(0), batches.Number(1));
    }
}
