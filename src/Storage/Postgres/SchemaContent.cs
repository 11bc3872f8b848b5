using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Which tables a schema has, with which columns and indexes, as the database's catalogue says: to ask that takes
/// no lock on any of them.</summary>
internal sealed class SchemaContent
{
    private const string Text =
        """
        WITH tables AS (
          SELECT class.oid, class.relname::text AS name
          FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
          WHERE namespace.nspname = $1 AND class.relkind IN ('r', 'p')
        )
        SELECT name, NULL FROM tables
        UNION ALL
        SELECT name, attname::text FROM tables JOIN pg_attribute ON attrelid = oid WHERE attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT name, class.relname::text
        FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class AS class ON class.oid = indexrelid
        """;

    private readonly HashSet<(string Table, string? Name)> _parts = [];

    private SchemaContent()
    {
    }

    /// <summary>Reads it; empty where there is no such schema.</summary>
    public static async Task<SchemaContent> ReadAsync(
        NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var content = new SchemaContent();
        await using var command = new NpgsqlCommand(Text, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            content._parts.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)));
        return content;
    }

    /// <summary>Whether it has a table.</summary>
    public bool Has(string table) => _parts.Contains((table, null));

    /// <summary>Whether it has a table, or a column or an index of one.</summary>
    public bool Has(in SchemaPart part) => _parts.Contains((part.Table, part.Name));
}
