namespace Coordination.Storage.Postgres;

/// <summary>The tables of Orleans itself, in the cluster's schema: which silos there are, reminders, the state of grains.</summary>
/// <remarks>Orleans' providers for ADO.NET bring no tables. They read their statements from the table <c>OrleansQuery</c>
/// by fixed keys, give them named parameters, and expect columns of fixed names; the tables behind are ours to choose.
/// Silos of two program versions share them during an upgrade: what the statements mean may only grow, and one of the older
/// version that starts anew leaves the newer's as they are.</remarks>
internal static class OrleansSchema
{
    /// <summary>The version of the statements, which grows with any change to one of them.</summary>
    public const int Version = 1;

    /// <summary>The statements by their keys.</summary>
    // What one of them must see to it that happens at once is one statement, so that it needs no transaction around it.
    public static IReadOnlyList<(string Key, string Text)> Statements { get; } =
    [
        .. OrleansMembershipStatements.All,
        .. OrleansReminderStatements.All,
        .. OrleansStateStatements.All,
    ];

    /// <summary>Makes what is missing, and brings older statements up to those of this program.</summary>
    // Those of the same version that differ were put there by a program that knew of no versions.
    public static string Script { get; } =
        $"""
        CREATE TABLE IF NOT EXISTS orleansquery (
          querykey text PRIMARY KEY,
          querytext text NOT NULL
        );
        ALTER TABLE orleansquery ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 0;
        {OrleansMembershipStatements.Tables}
        {OrleansReminderStatements.Tables}
        {OrleansStateStatements.Tables}
        INSERT INTO orleansquery (querykey, querytext, version) VALUES
          {string.Join(",\n  ", Statements.Select(statement => $"('{statement.Key}', {Literal(statement.Text)}, {Version})"))}
        ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext, version = excluded.version
          WHERE orleansquery.version <= excluded.version
            AND (orleansquery.querytext, orleansquery.version) <> (excluded.querytext, excluded.version);
        """;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
