using Coordination.Scheduler.Coordinating;
using Microsoft.Data.Sqlite;

namespace Coordination.Scheduler.Results;

/// <summary>One transaction on the result database, by one node.</summary>
internal sealed class ResultTransaction(SqliteTransaction transaction, string node, long now)
{
    /// <summary>When it is, in milliseconds since 1970.</summary>
    public long Now => now;

    /// <summary>Carries out a statement.</summary>
    /// <returns>How many rows it has changed.</returns>
    public int Execute(string statement, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(statement, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads one value; the default where there is none.</summary>
    public T? Read<T>(string query, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(query, parameters);
        return command.ExecuteScalar() is T value ? value : default;
    }

    /// <summary>Compares a token with the newest that has written for the job. This is the fence: it stands where the write
    /// is done, and in the same transaction.</summary>
    /// <param name="run">The run that is to be written.</param>
    /// <param name="token">The writer's token.</param>
    /// <param name="what">What it wants to write, for those who look at what was refused.</param>
    /// <returns>Whether it may.</returns>
    public bool Passes(ScheduledRun run, long token, string what)
    {
        long newest = Read<long>("select token from fence where job = @job", ("@job", run.Job));
        if (token >= newest)
            return true;
        Execute(
            """
            insert into refusal (job, tick, what, token, newest_token, node, at)
            values (@job, @tick, @what, @token, @newest, @node, @now)
            """,
            ("@job", run.Job), ("@tick", run.Tick), ("@what", what), ("@token", token), ("@newest", newest));
        return false;
    }

    private SqliteCommand Command(string text, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        if (text.Contains("@node", StringComparison.Ordinal))
            command.Parameters.AddWithValue("@node", node);
        if (text.Contains("@now", StringComparison.Ordinal))
            command.Parameters.AddWithValue("@now", now);
        return command;
    }
}
