using System.Text;
using Coordination.Engine.Watches;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Notes what it is told.</summary>
internal sealed class TestWatcher : Watcher
{
    public List<string> Told { get; } = [];

    public override void Notify(in WatchEvent watchEvent) =>
        Told.Add($"{watchEvent.Type} {Encoding.UTF8.GetString(watchEvent.Path)} {watchEvent.Zxid:x}");
}
