using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>The table <c>silo</c>.</summary>
internal sealed class PostgresSiloTable(NpgsqlDataSource source) : ISiloTable
{
    private const int MostSilos = 4_000;

    /// <inheritdoc/>
    public async Task<int> EnterAsync(SiloEntry entry, CancellationToken cancellationToken)
    {
        const string text =
            """
            INSERT INTO silo (identity, number, heartbeat, client_address, is_observer, format_level)
            SELECT $1, min(free.number), 0, $2, $4, $5 FROM generate_series(1, $3) AS free (number)
            WHERE NOT EXISTS (SELECT FROM silo WHERE silo.number = free.number)
            HAVING min(free.number) IS NOT NULL
            RETURNING number
            """;
        return await RunAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                // One after the other; but nobody's heartbeat waits for one who is held up here.
                await using (var turn = new NpgsqlCommand(
                    "SELECT pg_advisory_xact_lock('silo'::regclass::oid::bigint)", connection))
                    await turn.ExecuteNonQueryAsync(cancellationToken);
                await using var command = new NpgsqlCommand(text, connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = entry.Identity });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entry.ClientAddress });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostSilos });
                command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = entry.Role == SiloRole.Observer });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = entry.FormatLevel });
                if (await command.ExecuteScalarAsync(cancellationToken) is not int number)
                    throw new LogUnavailableException($"the cluster has {MostSilos} silos already");
                await transaction.CommitAsync(cancellationToken);
                return number;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> BeatAsync(Guid identity, CancellationToken cancellationToken) => RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                "UPDATE silo SET heartbeat = heartbeat + 1 WHERE identity = $1", connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = identity });
            return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SiloRecord>> ReadAsync(CancellationToken cancellationToken) => RunAsync(
        async connection =>
        {
            const string text =
                """
                SELECT identity, client_address, is_observer, format_level, number, entry, heartbeat FROM silo ORDER BY number
                """;
            var silos = new List<SiloRecord>();
            await using var command = new NpgsqlCommand(text, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var role = reader.GetBoolean(2) ? SiloRole.Observer : SiloRole.Participant;
                var entry = new SiloEntry(reader.GetGuid(0), reader.GetString(1), role, reader.GetInt32(3));
                silos.Add(new SiloRecord(entry, reader.GetInt32(4), reader.GetInt64(5), reader.GetInt64(6)));
            }
            return (IReadOnlyList<SiloRecord>)silos;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task LeaveAsync(Guid identity, CancellationToken cancellationToken) => RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("DELETE FROM silo WHERE identity = $1", connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = identity });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(SiloRecord silo, CancellationToken cancellationToken) => RunAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("DELETE FROM silo WHERE identity = $1 AND heartbeat = $2", connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = silo.Identity });
            command.Parameters.Add(PostgresValues.Number(silo.Heartbeat));
            return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            // A heartbeat is given up after a while, which cancels it: one that no standby has proves nothing.
            using var warnings = new CommitWarnings(connection);
            var answer = await run(connection);
            warnings.ThrowIfAny();
            return answer;
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            throw PostgresFailures.Of(failure, "the table of silos cannot be reached");
        }
    }
}
