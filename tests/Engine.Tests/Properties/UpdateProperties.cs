using System.Globalization;
using System.Text;
using Coordination.Engine.Following;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tree;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>What followers are told as entries are applied, and what is found in the log afterwards, under random histories.</summary>
public sealed class UpdateProperties(ITestOutputHelper output)
{
    private static readonly (string Path, bool IsRecursive)[] s_followed =
        [("/", true), ("/", false), ("/a", true), ("/a", false), ("/a/a", true), ("/b/b", false), ("/missing", true)];

    [Fact]
    public void The_log_tells_what_was_told_as_it_was_applied() => PropertyRun.ForAll(output, 150, 300, Histories.All, history =>
    {
        using var silo = new WritingSilo(groups: true, restarts: true);
        silo.Carry(history);
        foreach (var (path, isRecursive) in s_followed)
        {
            byte[] top = Encoding.UTF8.GetBytes(path);
            var told = Follow(silo.Log, top, isRecursive, new Random(history.Length));
            var found = Replay(silo.Log, top, isRecursive, 0, 0);
            Assert.Equal(told.Select(Describe), found.Select(Describe));
            CheckPart(silo.Log, told, top, isRecursive, new Random(history.Length));
        }
    });

    // From anywhere in the log, and as of any zxid: the same updates, and nothing known that is not so.
    private static void CheckPart(
        List<byte[]> log, List<ZnodeUpdate> told, byte[] top, bool isRecursive, Random random)
    {
        int firstRow = random.Next(log.Count);
        long after = random.Next(2) == 0 || told.Count == 0 ? FirstZxid(log[firstRow]) - 1 : told[random.Next(told.Count)].Zxid;
        after = Math.Max(after, FirstZxid(log[firstRow]) - 1);
        var expected = told.Where(update => update.Zxid > after).ToArray();
        var found = Replay(log, top, isRecursive, firstRow, after);
        Assert.Equal(expected.Select(Name), found.Select(Name));
        foreach (var (whole, part) in expected.Zip(found))
        {
            if (part.Data.IsKnown)
                Assert.Equal(Text(whole.Data), Text(part.Data));
            if (part.Previous.IsKnown)
                Assert.Equal(Text(whole.Previous), Text(part.Previous));
            if (part.Stat is not null)
                Assert.Equal(whole.Stat, part.Stat);
            if (part.Acl is not null)
                Assert.Equal(whole.Acl, part.Acl);
        }
    }

    private static List<ZnodeUpdate> Follow(List<byte[]> log, byte[] top, bool isRecursive, Random random)
    {
        var state = CheckpointRows.Genesis().Load();
        var follower = new Follower();
        state.Followers.Add(top, isRecursive, follower);
        var results = new List<ChangeResult>();
        foreach (byte[] body in log)
        {
            var reader = new BatchReader(body);
            while (reader.TryRead(out var entry))
            {
                if (entry.Change.Kind is EntryKind.Multi or EntryKind.CloseSession && random.Next(2) == 0)
                    ApplyInPieces(state, follower, entry, results);
                else
                    state.Apply(entry, results);
                Assert.All(follower.Told.Skip(follower.Seen), update => Assert.Equal(entry.Header.Zxid, update.Zxid));
                follower.Seen = follower.Told.Count;
            }
        }
        state.Followers.Remove(top, isRecursive, follower);
        Assert.Equal(0, state.Followers.Count);
        return follower.Told;
    }

    private static void ApplyInPieces(CoordinationState state, Follower follower, in LogEntry entry, List<ChangeResult> results)
    {
        int told = follower.Told.Count;
        var application = state.BeginInPieces(entry, results);
        while (!application.GoOn(1))
            Assert.Equal(told, follower.Told.Count);
        application.End();
    }

    private static List<ZnodeUpdate> Replay(List<byte[]> log, byte[] top, bool isRecursive, int firstRow, long after)
    {
        var replay = new UpdateReplay(top, isRecursive);
        var found = new List<ZnodeUpdate>();
        foreach (byte[] body in log.Skip(firstRow))
            replay.Read(body, after, long.MaxValue, found);
        return found;
    }

    private static long FirstZxid(byte[] body)
    {
        var reader = new BatchReader(body);
        Assert.True(reader.TryRead(out var entry));
        return entry.Header.Zxid;
    }

    // Genesis is in no log, so of its znodes only what was done since is known.
    private static string Describe(ZnodeUpdate update) => update.Path is [(byte)'/'] || update.Path.AsSpan().StartsWith("/zookeeper"u8)
        ? Name(update)
        : $"{Name(update)} {Text(update.Data)} {Text(update.Previous)} {update.Stat} {Convert.ToHexString(AclTable.Encode(update.Acl!))}";

    private static string Name(ZnodeUpdate update) => string.Create(
        CultureInfo.InvariantCulture, $"{update.Kind} {Encoding.UTF8.GetString(update.Path)} {update.Zxid} {update.Time}");

    private static string Text(KnownData data) =>
        !data.IsKnown ? "unknown" : data.Bytes is { } bytes ? Convert.ToHexString(bytes.Span) : "null";

    private sealed class Follower : UpdateFollower
    {
        public List<ZnodeUpdate> Told { get; } = [];

        public int Seen { get; set; }

        public override void Take(IReadOnlyList<ZnodeUpdate> updates)
        {
            // Written out now: what is set afterwards must not show in it.
            foreach (var update in updates)
                Told.Add(update with { Data = Copy(update.Data), Previous = Copy(update.Previous) });
        }

        private static KnownData Copy(KnownData data) => data.Bytes is { } bytes ? data with { Bytes = bytes.ToArray() } : data;
    }
}
