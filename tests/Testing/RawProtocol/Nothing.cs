namespace Coordination.Testing.RawProtocol;

/// <summary>The body of a reply that has none.</summary>
public readonly record struct Nothing;
