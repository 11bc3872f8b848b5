using System.Globalization;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Who has a lock on a table.</summary>
/// <param name="Text">Those who have had it longest, for an operator; empty where it is nobody any more.</param>
/// <param name="AreVacuum">Whether it is what an autovacuum would have.</param>
internal readonly record struct SchemaLockHolders(string Text, bool AreVacuum)
{
    /// <summary>Nobody who could be named.</summary>
    public static readonly SchemaLockHolders None = new("", AreVacuum: false);

    private const int MostNamed = 3;

    // Of another user's processes only the number and the name may be seen. One without a number is a prepared transaction.
    private const string Query =
        """
        SELECT lock.pid, activity.application_name, extract(epoch FROM clock_timestamp() - activity.xact_start)::bigint,
          bool_or(lock.mode = 'ShareUpdateExclusiveLock')
        FROM pg_locks AS lock LEFT JOIN pg_stat_activity AS activity USING (pid)
        WHERE lock.locktype = 'relation' AND lock.relation = to_regclass($1) AND lock.granted
          AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND lock.pid IS DISTINCT FROM pg_backend_pid()
        GROUP BY lock.pid, activity.application_name, activity.xact_start
        ORDER BY activity.xact_start
        """;

    /// <summary>Asks for those of a table of the connection's schema.</summary>
    public static async Task<SchemaLockHolders> ReadAsync(
        NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var named = new List<string>();
        bool areVacuum = false;
        await using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            areVacuum |= reader.GetBoolean(3);
            if (named.Count < MostNamed)
                named.Add(Describe(reader));
        }
        return new SchemaLockHolders(string.Join(", ", named), areVacuum);
    }

    private static string Describe(NpgsqlDataReader reader)
    {
        if (reader.IsDBNull(0))
            return "a prepared transaction";
        string process = string.Create(CultureInfo.InvariantCulture, $"process {reader.GetInt32(0)}");
        if (!reader.IsDBNull(1) && reader.GetString(1) is { Length: > 0 } name)
            process += $" ({name})";
        return reader.IsDBNull(2)
            ? process
            : string.Create(CultureInfo.InvariantCulture, $"{process} in a transaction of {reader.GetInt64(2)} s");
    }
}
