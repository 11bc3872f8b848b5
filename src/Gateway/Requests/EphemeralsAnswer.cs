using Coordination.Engine;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>The paths of a session's own ephemerals below a prefix: getEphemerals.</summary>
/// <remarks>As in ZooKeeper the prefix is one of the text, whatever it names, and no ACL is asked.</remarks>
internal sealed class EphemeralsAnswer : LongAnswer
{
    private readonly OwnedZnodes.Snapshot? _ephemerals;
    private readonly byte[] _prefix;

    private EphemeralsAnswer(int start, OwnedZnodes.Snapshot? ephemerals, byte[] prefix)
        : base(start)
    {
        _ephemerals = ephemerals;
        _prefix = prefix;
    }

    /// <summary>Begins the answer; the caller holds the replica's lock.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record; nothing was written.</exception>
    public static EphemeralsAnswer Begin(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state, long sessionId)
    {
        byte[] prefix = record.ReadUtf8().ToArray();
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, ErrorCode.Ok).Write(buffer);
        var ephemerals = state.Sessions.GetValueOrDefault(sessionId)?.Ephemerals.TakeSnapshot();
        return new EphemeralsAnswer(start, ephemerals, IsEverything(prefix) ? [] : prefix);
    }

    protected override void Write(JuteBuffer buffer)
    {
        var paths = new List<byte[]>(_ephemerals?.Count ?? 0);
        foreach (var ephemeral in _ephemerals?.Znodes ?? [])
        {
            byte[] path = ephemeral.GetPath();
            if (path.AsSpan().StartsWith(_prefix))
                paths.Add(path);
        }
        paths.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        buffer.WriteInt(paths.Count);
        foreach (byte[] path in paths)
            buffer.WriteBuffer(path);
    }

    private static bool IsEverything(ReadOnlySpan<byte> prefix)
    {
        var trimmed = prefix.Trim(" \t\r\n"u8);
        return trimmed.IsEmpty || trimmed.SequenceEqual("/"u8);
    }
}
