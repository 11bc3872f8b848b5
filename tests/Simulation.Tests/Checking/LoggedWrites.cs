using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>The clients' writes that stand in the log.</summary>
/// <param name="simulator">The run.</param>
/// <param name="asked">The numbers that clients gave to their writes, by the session's own number of each request.</param>
internal sealed class LoggedWrites(Simulator simulator, IReadOnlyDictionary<(long Session, int Cxid), long> asked)
{
    private readonly Dictionary<(long Session, int Cxid), LoggedWrite> _byRequest = [];
    private readonly Dictionary<(long Session, long Number), LoggedWrite> _byNumber = [];

    /// <summary>An entry stands, and did this.</summary>
    public void Add(in LogEntry entry, IReadOnlyList<ChangeResult> results)
    {
        var header = entry.Header;
        long given = entry.Once.Number;
        // What the client says, and not what became of it on the way.
        long number = asked.GetValueOrDefault((header.SessionId, header.Cxid), given);
        var write = new LoggedWrite(header.Zxid, header.Cxid, number, WriteText.Of(entry.Change, results));
        simulator.Check(
            _byRequest.TryAdd((header.SessionId, header.Cxid), write),
            () => $"a write is in the log twice: {(header.SessionId, header.Cxid)}");
        simulator.Check(
            number == 0 || _byNumber.TryAdd((header.SessionId, number), write),
            () => $"number {number} of session {header.SessionId:x} is in the log twice, again at 0x{header.Zxid:x}");
        simulator.Check(
            given == number, () => $"number {number} of session {header.SessionId:x} is in the log as {given}, at 0x{header.Zxid:x}");
    }

    /// <summary>What stands for a request, which may be one of several for the same write; null where nothing does.</summary>
    public LoggedWrite? OfRequest(long session, int cxid) => _byRequest.GetValueOrDefault((session, cxid));

    /// <summary>What stands for a number; null where nothing does.</summary>
    public LoggedWrite? OfNumber(long session, long number) => _byNumber.GetValueOrDefault((session, number));

    /// <summary>Whether a write of the session with a higher number stands, up to a zxid.</summary>
    public bool HasOvertaken(long session, long number, long zxid) => _byNumber.Any(
        write => write.Key.Session == session && write.Key.Number > number && write.Value.Zxid <= zxid);
}
