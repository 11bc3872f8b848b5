using Coordination.Engine;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>Sets, looks for, and drops single watches: addWatch, checkWatches, removeWatches.</summary>
/// <remarks>The caller holds the replica's lock. Neither the znode nor a right to read it is asked for: ZooKeeper looks
/// at the ACL when it tells of an event.</remarks>
internal static class WatchRequest
{
    public static bool IsWatchRequest(OperationCode operation) =>
        operation is OperationCode.AddWatch or OperationCode.CheckWatches or OperationCode.RemoveWatches;

    /// <summary>Carries one request out and answers it.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no such record; nothing was written.</exception>
    public static void WriteFrame(
        JuteBuffer buffer, RequestHeader header, ref JuteReader record, CoordinationState state, Watcher watcher)
    {
        var path = record.ReadUtf8(out bool isNull);
        int modeOrType = record.ReadInt();
        bool adds = header.Operation == OperationCode.AddWatch;
        var kinds = adds ? KindsOf((AddWatchMode)modeOrType) : KindsOf((WatcherType)modeOrType);
        // ZooKeeper takes an unknown mode, or type, for a record that it cannot read.
        var error = kinds.IsEmpty || (isNull && header.Operation != OperationCode.RemoveWatches) ? ErrorCode.MarshallingError
            : isNull ? ErrorCode.NoWatcher
            : CarryOut(header.Operation, kinds, path, state.Watches, watcher) ? ErrorCode.Ok
            : ErrorCode.NoWatcher;
        int start = buffer.Length;
        buffer.WriteInt(0);
        new ReplyHeader(header.Xid, state.LastZxid, error).Write(buffer);
        if (adds && error == ErrorCode.Ok)
            buffer.WriteInt((int)ErrorCode.Ok);
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }

    // Whether there is, or was, any such watch.
    private static bool CarryOut(
        OperationCode operation, ReadOnlySpan<WatchKind> kinds, ReadOnlySpan<byte> path, WatchTable watches, Watcher watcher)
    {
        bool any = false;
        foreach (var kind in kinds)
        {
            switch (operation)
            {
                case OperationCode.AddWatch:
                    watches.Add(kind, path, watcher);
                    any = true;
                    break;
                case OperationCode.RemoveWatches:
                    any |= watches.Remove(kind, path, watcher);
                    break;
                default:
                    any |= watches.Contains(kind, path, watcher);
                    break;
            }
        }
        return any;
    }

    private static ReadOnlySpan<WatchKind> KindsOf(AddWatchMode mode) => mode switch
    {
        AddWatchMode.Persistent => [WatchKind.Persistent],
        AddWatchMode.PersistentRecursive => [WatchKind.Recursive],
        _ => [],
    };

    private static ReadOnlySpan<WatchKind> KindsOf(WatcherType type) => type switch
    {
        WatcherType.Children => [WatchKind.Children],
        WatcherType.Data => [WatchKind.Data],
        WatcherType.Any => [WatchKind.Data, WatchKind.Children, WatchKind.Persistent, WatchKind.Recursive],
        WatcherType.Persistent => [WatchKind.Persistent],
        WatcherType.PersistentRecursive => [WatchKind.Recursive],
        _ => [],
    };
}
