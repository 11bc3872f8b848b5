using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Watches;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Entries that are applied in pieces: nothing of them is seen before all of it is.</summary>
public sealed class LongApplicationProperties(ITestOutputHelper output)
{
    private static readonly string[] s_paths =
    [
        "", "/", "/missing", "/zookeeper", "/zookeeper/quota", "/a0000000000",
        .. from first in new[] { "/a", "/b" } from second in new[] { "", "/a", "/b", "/é" } from third in new[] { "", "/a", "/b" }
           select first + second + third,
    ];

    [Fact]
    public void What_is_settled_shows_what_was_before_and_in_the_end_all_is_as_if_applied_at_once() =>
        PropertyRun.ForAll(output, 150, 300, Histories.All, history =>
        {
            using var silo = new WritingSilo(groups: true, restarts: true);
            silo.Carry(history);
            var atOnce = new Applied();
            var inPieces = new Applied();
            var random = new Random(history.Length);
            foreach (byte[] body in silo.Log)
            {
                var reader = new BatchReader(body);
                while (reader.TryRead(out var entry))
                {
                    WatchSome(atOnce, inPieces, random);
                    atOnce.State.Apply(entry, atOnce.Results);
                    inPieces.ApplyInPieces(entry);
                    Assert.Equal(atOnce.Results, inPieces.Results);
                    Assert.Equal(atOnce.Watcher.Told, inPieces.Watcher.Told);
                    Assert.Equal(atOnce.State.Watches.Count, inPieces.State.Watches.Count);
                }
            }
            Assert.Equal(StateText.Of(atOnce.State, silo.Log), StateText.Of(inPieces.State, silo.Log));
        });

    [Fact]
    public void Only_lists_of_very_many_changes_are_long()
    {
        using var silo = new WritingSilo(groups: true, restarts: true);
        silo.Carry([]);
        foreach (byte[] body in silo.Log)
        {
            var reader = new BatchReader(body);
            while (reader.TryRead(out var entry))
                Assert.False(LongApplication.IsLong(entry));
        }
    }

    private static void WatchSome(Applied one, Applied other, Random random)
    {
        for (int times = random.Next(3); times > 0; times--)
        {
            byte[] path = Encoding.UTF8.GetBytes(s_paths[random.Next(s_paths.Length)]);
            var kind = (WatchKind)random.Next(4);
            one.State.Watches.Add(kind, path, one.Watcher);
            other.State.Watches.Add(kind, path, other.Watcher);
        }
    }

    private sealed class Applied
    {
        public CoordinationState State { get; } = CheckpointRows.Genesis().Load();

        public TestWatcher Watcher { get; } = new();

        public List<ChangeResult> Results { get; } = [];

        public void ApplyInPieces(in LogEntry entry)
        {
            if (entry.Change.Kind is not (EntryKind.Multi or EntryKind.CloseSession))
            {
                State.Apply(entry, Results);
                return;
            }
            string[] before = Array.ConvertAll(s_paths, Show);
            int told = Watcher.Told.Count;
            var application = State.BeginInPieces(entry, Results);
            bool isDone;
            do
            {
                isDone = application.GoOn(1);
                for (int i = 0; i < s_paths.Length; i++)
                    Assert.True(!State.IsSettled(Encoding.UTF8.GetBytes(s_paths[i])) || before[i] == Show(s_paths[i]), s_paths[i]);
                Assert.True(State.IsBetween && State.LastZxid < entry.Header.Zxid);
                // Who has heard of one change must not be shown what another is still to do.
                if (Watcher.Told.Count > told)
                    told = CheckAllIsChanged(entry);
            }
            while (!isDone);
            application.End();
            Assert.False(State.IsBetween);
        }

        // What it deletes is gone; all else that it changes bears its zxid.
        private int CheckAllIsChanged(in LogEntry entry)
        {
            foreach (var change in entry.Change.Items)
                Assert.False(State.IsSettled(change.Path.Span), "an event was told before its entry had done all that it does");
            return int.MaxValue;
        }

        private string Show(string path) => State.Tree.Find(Encoding.UTF8.GetBytes(path)) is { } node
            ? $"{node.Stat} {Convert.ToHexString(node.Data)} {node.HasData} {Convert.ToHexString(State.Tree.Acls.EncodedOf(node.AclId))} "
                + string.Join(',', NamesOf(node))
            : "nothing";

        private static IEnumerable<string> NamesOf(Tree.Znode node)
        {
            var names = new List<string>();
            foreach (var child in node.Children)
                names.Add(Encoding.UTF8.GetString(child.Name));
            return names;
        }
    }
}
