namespace Coordination.Storage.Postgres;

/// <summary>The tables of Orleans itself, in the cluster's schema: which silos there are, reminders, the state of grains.</summary>
/// <remarks>Orleans' providers for ADO.NET bring no tables. They read their statements from the table <c>OrleansQuery</c>
/// by fixed keys, give them named parameters, and expect columns of fixed names; the tables behind are ours to choose.
/// Silos of two program versions share them during an upgrade: what the statements mean may only grow.</remarks>
internal static class OrleansSchema
{
    // What each statement must see to it that happens at once is one statement, so that it needs no transaction around it.
    private static readonly (string Key, string Text)[] _statements =
    [
        .. OrleansMembershipStatements.All,
        .. OrleansReminderStatements.All,
        .. OrleansStateStatements.All,
    ];

    /// <summary>Makes what is missing, and brings the statements up to those of this program.</summary>
    public static string Script { get; } =
        $"""
        CREATE TABLE IF NOT EXISTS orleansquery (
          querykey text PRIMARY KEY,
          querytext text NOT NULL
        );
        {OrleansMembershipStatements.Tables}
        {OrleansReminderStatements.Tables}
        {OrleansStateStatements.Tables}
        INSERT INTO orleansquery VALUES
          {string.Join(",\n  ", _statements.Select(statement => $"('{statement.Key}', {Literal(statement.Text)})"))}
        ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext
          WHERE orleansquery.querytext <> excluded.querytext;
        """;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
