using Microsoft.Data.Sqlite;

namespace Coordination.Scheduler.Results;

/// <summary>The database that all nodes write their results to.</summary>
internal static class ResultDatabase
{
    // Longer than anybody is frozen who should come back: one that is in the middle of a transaction keeps all others waiting.
    private const int WaitSeconds = 60;

    private const string Schema = """
        create table if not exists fence (job text primary key, token integer not null);
        create table if not exists run (
            job text not null, tick integer not null,
            state text not null,               -- running, waiting, completed, failed
            token integer not null, node text not null,
            attempts integer not null default 0, failures integer not null default 0,
            started_at integer not null, finished_at integer,
            done integer not null default 0, total integer not null default 0,
            peak_parallel integer not null default 0, peak_megabytes integer not null default 0,
            primary key (job, tick)) without rowid;
        create table if not exists attempt (
            token integer not null, job text not null, tick integer not null, node text not null,
            started_at integer not null, ended_at integer, outcome text,
            primary key (token, job, tick)) without rowid;
        create index if not exists attempt_of_run on attempt (job, tick);
        create table if not exists refusal (
            id integer primary key, job text not null, tick integer not null, what text not null,
            token integer not null, newest_token integer not null, node text not null, at integer not null);
        create table if not exists term (token integer primary key, node text not null, began_at integer not null);
        """;

    static ResultDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Makes the tables, where they are missing.</summary>
    public static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var connection = Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = "pragma journal_mode = wal;" + Schema;
        command.ExecuteNonQuery();
    }

    /// <summary>Opens it.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = WaitSeconds }.ToString());
        connection.Open();
        return connection;
    }
}
