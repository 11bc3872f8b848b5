namespace Coordination.Storage;

/// <summary>A silo that is entered in the database.</summary>
/// <param name="Identity">The life of the silo.</param>
/// <param name="Number">Its number, which no other silo that is entered has.</param>
/// <param name="Heartbeat">Another at every beat; says nothing by its value.</param>
/// <param name="ClientAddress">Where its clients reach it.</param>
public sealed record SiloRecord(Guid Identity, int Number, long Heartbeat, string ClientAddress);
