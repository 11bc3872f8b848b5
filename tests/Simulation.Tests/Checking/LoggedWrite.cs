namespace Coordination.Simulation.Tests.Checking;

/// <summary>A client's write that stands in the log.</summary>
/// <param name="Zxid">Where.</param>
/// <param name="Cxid">The session's number of the request that brought it there.</param>
/// <param name="Number">The client's number of the write, under which it may have sent it more than once; 0 for none.</param>
/// <param name="Answer">What its client is to be told, as <see cref="WriteText"/> has it.</param>
internal sealed record LoggedWrite(long Zxid, int Cxid, long Number, string Answer);
