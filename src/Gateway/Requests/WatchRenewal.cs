using System.Buffers;
using Coordination.Engine;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>A setWatches or setWatches2: sets a client's watches anew after a reconnect, in pieces.</summary>
/// <remarks>A client may have a hundred thousand, and those who write must not wait for them all. What happens between
/// two pieces is told of by the watches that are set again, and seen by those that are not yet.</remarks>
internal sealed class WatchRenewal : IDisposable
{
    private const int LeastPathLength = 4;

    private static readonly RenewedWatch[] _kinds =
    [
        RenewedWatch.Data, RenewedWatch.Exists, RenewedWatch.Children, RenewedWatch.Persistent, RenewedWatch.Recursive,
    ];

    private readonly int _kindCount;
    private readonly long _relativeZxid;
    private readonly int _length;
    private readonly byte[] _paths;
    private int _position;
    private int _kind = -1;
    private int _left;

    private WatchRenewal(RequestHeader header, long relativeZxid, ReadOnlySpan<byte> paths)
    {
        Header = header;
        _kindCount = KindCountOf(header.Operation);
        _relativeZxid = relativeZxid;
        _length = paths.Length;
        _paths = ArrayPool<byte>.Shared.Rent(paths.Length);
        paths.CopyTo(_paths);
    }

    /// <summary>The request's header.</summary>
    public RequestHeader Header { get; }

    /// <summary>What the request is to be answered with, once <see cref="GoOn"/> is done: as in ZooKeeper a null path, or list,
    /// undoes nothing of what stands before it.</summary>
    public ErrorCode Error { get; private set; }

    public static bool IsRenewal(OperationCode operation) =>
        operation is OperationCode.SetWatches or OperationCode.SetWatches2;

    /// <summary>Decodes a request; nothing of it is carried out yet.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record.</exception>
    public static WatchRenewal Read(RequestHeader header, ref JuteReader record)
    {
        long relativeZxid = record.ReadLong();
        var rest = record;
        for (int kind = 0; kind < KindCountOf(header.Operation); kind++)
        {
            for (int left = rest.ReadCount(LeastPathLength); left > 0; left--)
                rest.ReadUtf8();
        }
        return new WatchRenewal(header, relativeZxid, record.Take(record.Remaining));
    }

    /// <summary>Sets the next watches; what they missed is told before this returns. The caller holds the replica's lock.</summary>
    /// <param name="most">How many at the most.</param>
    /// <param name="state">The state to compare with.</param>
    /// <param name="watcher">Whose watches they are.</param>
    /// <returns>Whether all are set, or those that stand before what cannot be.</returns>
    public bool GoOn(int most, CoordinationState state, Watcher watcher)
    {
        var reader = new JuteReader(_paths.AsSpan(_position, _length - _position));
        while (TryNextKind(ref reader))
        {
            for (; _left > 0; _left--)
            {
                if (most-- == 0)
                {
                    _position += reader.Position;
                    return false;
                }
                var path = reader.ReadUtf8(out bool isNull);
                if (isNull)
                {
                    Error = ErrorCode.MarshallingError;
                    return true;
                }
                state.Watches.Renew(state.Tree, watcher, _relativeZxid, _kinds[_kind], path);
            }
        }
        return true;
    }

    /// <summary>Gives the copy of the request back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_paths);

    private static int KindCountOf(OperationCode operation) =>
        operation == OperationCode.SetWatches ? _kinds.Length - 2 : _kinds.Length;

    private bool TryNextKind(ref JuteReader reader)
    {
        while (_left == 0)
        {
            if (++_kind == _kindCount)
                return false;
            _left = reader.ReadCount(LeastPathLength, out bool isNull);
            if (isNull)
            {
                Error = ErrorCode.MarshallingError;
                return false;
            }
        }
        return true;
    }
}
