namespace Coordination.Storage.Sqlite;

/// <summary>The file that holds the log.</summary>
internal static class LogFile
{
    /// <summary>The file's name in the data folder.</summary>
    public const string Name = "log.db";

    // state.forgotten_*: the last row that was trimmed off, which the first kept one is chained to.
    // state.confirmed_position: a position that the log is known to reach, so that a lost end does not pass for the end.
    public static SqliteFormat Format { get; } = new()
    {
        Purpose = "the log of a coordination service",
        ApplicationId = 0x436f4c67, // "CoLg"
        Version = 1,
        Tables = new Dictionary<string, string>
        {
            ["log"] = """
                CREATE TABLE log (
                  position INTEGER PRIMARY KEY,
                  first_zxid INTEGER NOT NULL,
                  last_zxid INTEGER NOT NULL,
                  checksum BLOB NOT NULL,
                  body BLOB NOT NULL
                )
                """,
            ["state"] = """
                CREATE TABLE state (
                  id INTEGER PRIMARY KEY CHECK (id = 1),
                  incarnation BLOB NOT NULL,
                  forgotten_position INTEGER NOT NULL,
                  forgotten_zxid INTEGER NOT NULL,
                  forgotten_checksum BLOB NOT NULL,
                  confirmed_position INTEGER NOT NULL
                )
                """,
        },
    };

    /// <summary>Makes an empty log in a file that must not be there yet, durable when this returns.</summary>
    public static void Create(string path, Guid incarnation)
    {
        using var database = SqliteDatabase.Open(path, SqliteAccess.Create, cacheKilobytes: 256);
        database.Execute("BEGIN IMMEDIATE");
        Format.Create(database);
        using var insert = database.Prepare("INSERT INTO state VALUES (1, ?1, 0, 0, ?2, 0)");
        insert.Bind(1, incarnation);
        insert.Bind(2, UInt128.Zero);
        insert.Run();
        database.Execute("COMMIT");
    }
}
