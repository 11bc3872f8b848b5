using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Recording;

/// <summary>Watches that wait, each kind by path.</summary>
internal sealed class WatchSet
{
    public HashSet<string> Data { get; } = [];

    /// <summary>Of exists on a znode that was not there.</summary>
    public HashSet<string> Exists { get; } = [];

    public HashSet<string> Children { get; } = [];

    public HashSet<string> Persistent { get; } = [];

    public HashSet<string> Recursive { get; } = [];

    public bool IsEmpty =>
        Data.Count + Exists.Count + Children.Count + Persistent.Count + Recursive.Count == 0;

    public WatchSet Copy()
    {
        var copy = new WatchSet();
        copy.Data.UnionWith(Data);
        copy.Exists.UnionWith(Exists);
        copy.Children.UnionWith(Children);
        copy.Persistent.UnionWith(Persistent);
        copy.Recursive.UnionWith(Recursive);
        return copy;
    }

    /// <summary>Takes note of the watch that a read leaves behind, which depends on what it was answered.</summary>
    public void Set(ReadKind kind, string path, ErrorCode error)
    {
        if (error == ErrorCode.Ok)
            (kind == ReadKind.Children ? Children : Data).Add(path);
        else if (error == ErrorCode.NoNode && kind == ReadKind.Exists)
            Exists.Add(path);
    }

    public void Set(AddWatchMode mode, string path) =>
        (mode == AddWatchMode.Persistent ? Persistent : Recursive).Add(path);

    /// <summary>Takes away the one-shot watches that an event has used up, by the rules of ZooKeeper's client.</summary>
    public void Spend(WatchEventType type, string path)
    {
        if (type != WatchEventType.NodeChildrenChanged)
        {
            Data.Remove(path);
            Exists.Remove(path);
        }
        if (type is WatchEventType.NodeDeleted or WatchEventType.NodeChildrenChanged)
            Children.Remove(path);
    }

    public override string ToString() =>
        $"data [{string.Join(' ', Data)}] exists [{string.Join(' ', Exists)}] children [{string.Join(' ', Children)}] "
        + $"persistent [{string.Join(' ', Persistent)}] recursive [{string.Join(' ', Recursive)}]";
}
