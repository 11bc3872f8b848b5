namespace Coordination.Storage.Postgres;

/// <summary>What a cluster's schema has got by and by, and what is made where it is not there.</summary>
/// <param name="Table">The table that it is, or that it belongs to.</param>
/// <param name="Name">Which column or index of the table; null for the table itself.</param>
/// <param name="Text">The statement that makes it.</param>
internal readonly record struct SchemaPart(string Table, string? Name, string Text);
