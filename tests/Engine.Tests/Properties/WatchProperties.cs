using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Watches;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Watches under random histories, against a model.</summary>
public sealed class WatchProperties(ITestOutputHelper output)
{
    private const int Watchers = 5;

    private static readonly string[] s_paths =
        ["/", "/a", "/b", "/a/a", "/a/b", "/b/a", "/b/b", "/a/a/a", "/a/é", "/a0000000000", "/missing", ""];

    [Fact]
    public void Each_watcher_is_told_what_the_model_tells_in_that_order() =>
        PropertyRun.ForAll(output, 150, 300, Histories.All, history =>
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            silo.Carry(history);
            Check(silo.Log, new Random(history.Length));
        });

    private static void Check(IEnumerable<byte[]> log, Random random)
    {
        var state = CheckpointRows.Genesis().Load();
        var model = new WatchModel(Watchers);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new TestWatcher()).ToArray();
        var results = new List<ChangeResult>();
        foreach (byte[] body in log)
        {
            var reader = new BatchReader(body);
            while (reader.TryRead(out var entry))
            {
                SetSome(state.Watches, model, watchers, random);
                state.Apply(entry, results);
                Apply(model, entry.Change, entry.Header.Zxid);
                Assert.Equal(model.Count, state.Watches.Count);
            }
        }
        for (int i = 0; i < Watchers; i++)
        {
            Assert.Equal(model.Told[i], watchers[i].Told);
            state.Watches.RemoveAll(watchers[i]);
        }
        Assert.Equal(0, state.Watches.Count);
    }

    private static void SetSome(WatchTable table, WatchModel model, TestWatcher[] watchers, Random random)
    {
        for (int times = random.Next(4); times > 0; times--)
        {
            int who = random.Next(Watchers);
            if (random.Next(20) == 0)
            {
                table.RemoveAll(watchers[who]);
                model.RemoveAll(who);
                continue;
            }
            string path = s_paths[random.Next(s_paths.Length)];
            byte[] bytes = Encoding.UTF8.GetBytes(path);
            var kind = (WatchKind)random.Next(4);
            Assert.Equal(model.Contains(kind, path, who), table.Contains(kind, bytes, watchers[who]));
            if (random.Next(4) == 0)
            {
                Assert.Equal(model.Remove(kind, path, who), table.Remove(kind, bytes, watchers[who]));
                continue;
            }
            table.Add(kind, bytes, watchers[who]);
            model.Add(kind, path, who);
        }
    }

    private static void Apply(WatchModel model, in Change change, long zxid)
    {
        string path = Encoding.UTF8.GetString(change.Path.Span);
        switch (change.Kind)
        {
            case EntryKind.Create:
                model.Created(path, zxid);
                break;
            case EntryKind.Delete:
                model.Deleted(path, zxid);
                break;
            case EntryKind.SetData:
                model.DataChanged(path, zxid);
                break;
            case EntryKind.Multi or EntryKind.CloseSession:
                foreach (var item in change.Items)
                    Apply(model, item, zxid);
                break;
        }
    }
}
