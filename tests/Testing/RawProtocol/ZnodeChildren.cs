namespace Coordination.Testing.RawProtocol;

/// <summary>The answer to getChildren2.</summary>
public sealed record ZnodeChildren(IReadOnlyList<string> Names, Stat Stat);
