namespace Coordination.Storage.Postgres;

/// <summary>The tables of Orleans itself, in the cluster's schema: which silos there are, reminders, the state of grains.</summary>
/// <remarks>Orleans' providers for ADO.NET bring no tables. They read their statements from the table <c>OrleansQuery</c>
/// by fixed keys, give them named parameters, and expect columns of fixed names; the tables behind are ours to choose.
/// Silos of two program versions share them during an upgrade: what the statements mean may only grow, and one of the older
/// version that starts anew leaves the newer's as they are.</remarks>
internal static class OrleansSchema
{
    /// <summary>The version of the statements, which grows with any change to one of them.</summary>
    public const int Version = 2;

    /// <summary>The table of the statements.</summary>
    public const string StatementTable = "orleansquery";

    /// <summary>Asks for the statements: their keys, their texts and their versions.</summary>
    public const string ReadStatements = $"SELECT querykey, querytext, version FROM {StatementTable}";

    /// <summary>The statements by their keys.</summary>
    // What one of them must see to it that happens at once is one statement, so that it needs no transaction around it.
    public static IReadOnlyList<(string Key, string Text)> Statements { get; } =
    [
        .. OrleansMembershipStatements.All,
        .. OrleansReminderStatements.All,
        .. OrleansStateStatements.All,
    ];

    /// <summary>Puts the statements there that are missing, and brings older ones up to those of this program.</summary>
    // Those of the same version that differ were put there by a program that knew of no versions.
    public static string WriteStatements { get; } =
        $"""
        INSERT INTO {StatementTable} (querykey, querytext, version) VALUES
          {string.Join(",\n  ", Statements.Select(statement => $"('{statement.Key}', {Literal(statement.Text)}, {Version})"))}
        ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext, version = excluded.version
          WHERE {StatementTable}.version <= excluded.version
            AND ({StatementTable}.querytext, {StatementTable}.version) <> (excluded.querytext, excluded.version)
        """;

    /// <summary>The version of each statement, which came later than the statements.</summary>
    public static SchemaPart VersionOfStatement { get; } = new(
        StatementTable, "version", $"ALTER TABLE {StatementTable} ADD COLUMN version integer NOT NULL DEFAULT 0");

    /// <summary>The tables.</summary>
    public static IReadOnlyList<SchemaPart> Tables { get; } =
    [
        new(StatementTable, null,
            $"""
            CREATE TABLE {StatementTable} (
              querykey text PRIMARY KEY,
              querytext text NOT NULL
            )
            """),
        VersionOfStatement,
        .. OrleansMembershipStatements.Tables,
        .. OrleansReminderStatements.Tables,
        .. OrleansStateStatements.Tables,
    ];

    /// <summary>Whether <see cref="WriteStatements"/> would leave all as it is.</summary>
    /// <param name="there">What <see cref="ReadStatements"/> has brought, by key.</param>
    public static bool AreThere(IReadOnlyDictionary<string, (string Text, int Version)> there) => Statements.All(
        statement => there.TryGetValue(statement.Key, out var one)
            && (one.Version > Version || one == (statement.Text, Version)));

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
