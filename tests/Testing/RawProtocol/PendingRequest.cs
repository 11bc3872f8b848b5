using System.Diagnostics;

namespace Coordination.Testing.RawProtocol;

internal abstract class PendingRequest(int xid, string description)
{
    private readonly long _sentAt = Stopwatch.GetTimestamp();

    internal int Xid => xid;

    internal string Description => description;

    internal TimeSpan Age => Stopwatch.GetElapsedTime(_sentAt);

    internal abstract void Complete(in ReplyHeader header, ref JuteReader body, long arrival);

    internal abstract void Fail(Exception reason);
}
