namespace Coordination.Storage.Postgres;

/// <summary>The schema cannot be read or changed for now, since somebody else has a lock.</summary>
internal sealed class SchemaLockedException : Exception
{
    /// <summary>Says what is locked.</summary>
    /// <param name="table">The table; null where it is the turn of those who prepare the schema.</param>
    /// <param name="innerException">What the database said.</param>
    public SchemaLockedException(string? table, Exception innerException)
        : base(table is null ? "other silos have been preparing it" : $"the table {table} has been locked", innerException) =>
        Table = table;

    /// <summary>The table; null where it is the turn of those who prepare the schema.</summary>
    public string? Table { get; }
}
