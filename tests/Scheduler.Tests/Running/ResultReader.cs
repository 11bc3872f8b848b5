using Coordination.Scheduler.Results;
using Microsoft.Data.Sqlite;

namespace Coordination.Scheduler.Tests.Running;

/// <summary>Reads the result database from outside.</summary>
internal sealed class ResultReader(string path)
{
    public IReadOnlyList<RunRow> Runs() => Read(
        """
        select job, tick, state, token, node, attempts, failures, done, total, peak_parallel, peak_megabytes from run
        """,
        static row => new RunRow(
            row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetInt32(5), row.GetInt32(6),
            row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt32(10)));

    public IReadOnlyList<AttemptRow> Attempts() => Read(
        "select job, tick, token, node, started_at, ended_at, outcome from attempt order by token, tick",
        static row => new AttemptRow(
            row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4),
            row.IsDBNull(5) ? null : row.GetInt64(5), row.IsDBNull(6) ? null : row.GetString(6)));

    public IReadOnlyList<RefusalRow> Refusals() => Read(
        "select job, tick, what, token, newest_token, node from refusal order by id",
        static row => new RefusalRow(
            row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5)));

    public IReadOnlyList<TermRow> Terms() => Read(
        "select token, node, began_at from term order by token",
        static row => new TermRow(row.GetInt64(0), row.GetString(1), row.GetInt64(2)));

    /// <summary>Whether nobody keeps it locked.</summary>
    public bool CanBeWritten()
    {
        using var connection = new SqliteConnection($"Data Source={path};Default Timeout=1;Pooling=False");
        connection.Open();
        try
        {
            using var transaction = connection.BeginTransaction();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private List<T> Read<T>(string query, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        // Made by whichever node is first, which takes a while.
        ResultDatabase.Create(path);
        using var connection = ResultDatabase.Open(path);
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}
