namespace Coordination.Testing.RawProtocol;

/// <summary>The answer to getData. Null data and empty data are two different things on the wire.</summary>
public sealed record ZnodeData(byte[]? Data, Stat Stat);
