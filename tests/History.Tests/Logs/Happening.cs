using System.Text;
using Coordination.Engine.Log;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Logs;

/// <summary>What an entry does that somebody may watch for.</summary>
internal readonly record struct Happening(WatchEventType Type, string Path)
{
    /// <summary>All that an entry does, in order.</summary>
    public static IEnumerable<Happening> Of(LogEntry entry) => entry.Change.Kind switch
    {
        EntryKind.Multi or EntryKind.CloseSession => entry.Change.Items.SelectMany(OfChange),
        _ => OfChange(entry.Change),
    };

    public override string ToString() => $"{Type} {Path}";

    private static IEnumerable<Happening> OfChange(Change change)
    {
        string path = Encoding.UTF8.GetString(change.Path.Span);
        switch (change.Kind)
        {
            case EntryKind.Create:
                yield return new Happening(WatchEventType.NodeCreated, path);
                yield return new Happening(WatchEventType.NodeChildrenChanged, Paths.ParentOf(path));
                break;
            case EntryKind.Delete:
                yield return new Happening(WatchEventType.NodeDeleted, path);
                yield return new Happening(WatchEventType.NodeChildrenChanged, Paths.ParentOf(path));
                break;
            case EntryKind.SetData:
                yield return new Happening(WatchEventType.NodeDataChanged, path);
                break;
        }
    }
}
