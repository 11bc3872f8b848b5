using Coordination.Protocol;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>An answer.</summary>
/// <param name="Request">To which request.</param>
/// <param name="Error">How it went.</param>
/// <param name="Zxid">The last zxid that it knows of.</param>
/// <param name="Text">What was read, or the path that was created.</param>
/// <param name="Version">The znode's version, where one was read or written.</param>
/// <param name="HeardAt">When the silo heard the request.</param>
internal sealed record AnswerMessage(
    ClientRequest Request, ErrorCode Error, long Zxid, string Text, int Version, TimeSpan HeardAt);
