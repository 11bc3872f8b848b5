namespace Coordination.Testing.RawProtocol;

/// <summary>The answer to create2 and its kin.</summary>
public sealed record CreatedZnode(string Path, Stat Stat);
