using System.Globalization;
using System.Net;
using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests.Load;

/// <summary>
/// Compares what a server has with what the writers know. After a crash: what was acknowledged is there, once, as it
/// was; of what was not, whole writes are there or not, and of each writer's only the earliest.
/// </summary>
internal sealed class Verification(WriteLoad load, Observer observer)
{
    private const int MostReadsInFlight = 200;
    private const int SuffixLength = 10;

    // The paths below the sequence's parent, by what was written there.
    private readonly Dictionary<string, string> _sequence = [];
    private long _lastInSequence;

    /// <summary>Verifies everything, and decides which of the unanswered writes are there.</summary>
    /// <param name="server">The server.</param>
    /// <param name="again">Whether to read again what was already compared after an earlier restart.</param>
    internal async Task VerifyAsync(IPEndPoint server, bool again = false)
    {
        if (again)
        {
            _sequence.Clear();
            _lastInSequence = 0;
            foreach (var write in load.Writers.SelectMany(writer => writer.Writes))
                write.IsCompared = false;
        }

        await using var sessions = await AttachedSessions.AttachAsync(server, load.Writers);
        await using var client = await RawZooKeeperClient.ConnectAsync(server);
        client.KeepAlive(TimeSpan.FromSeconds(1));
        await ReadSequenceAsync(client);
        var ephemerals = (await client.GetChildrenAsync(Writer.EphemeralParent)).Value.ToHashSet();
        foreach (var writer in load.Writers)
            await VerifyWriterAsync(client, writer, ephemerals);
        int sequential = load.Writers.SelectMany(writer => writer.Writes)
            .Count(write => write.Kind == WriteKind.SequentialCreate && write.MustBeThere);
        Assert.True(
            sequential == _sequence.Count,
            $"{_sequence.Count} sequential znodes, of {sequential} writes that are there");
        VerifyZxids();
        await client.CloseSessionAsync();
    }

    /// <summary>The sessions that own ephemerals.</summary>
    internal static async Task<IReadOnlySet<long>> OwnersOfEphemeralsAsync(RawZooKeeperClient client)
    {
        var names = (await client.GetChildrenAsync(Writer.EphemeralParent)).Value;
        var stats = await ReadAllAsync(names, name => client.ExistsAsync($"{Writer.EphemeralParent}/{name}"));
        return stats.Where(reply => reply.IsOk).Select(reply => reply.Value.EphemeralOwner).ToHashSet();
    }

    private static string Identity(Write write) =>
        string.Create(CultureInfo.InvariantCulture, $"{write.Writer} {write.Number}");

    private static async Task<IReadOnlyList<Reply<T>>> ReadAllAsync<TItem, T>(
        IReadOnlyCollection<TItem> items, Func<TItem, Task<Reply<T>>> read)
    {
        var replies = new List<Reply<T>>(items.Count);
        var inFlight = new Queue<Task<Reply<T>>>();
        foreach (var item in items)
        {
            inFlight.Enqueue(read(item));
            if (inFlight.Count == MostReadsInFlight)
                replies.Add(await inFlight.Dequeue());
        }

        while (inFlight.TryDequeue(out var reply))
            replies.Add(await reply);
        return replies;
    }

    // Only ever created below, never deleted: so the numbers must be all of them, from 0, in the order of the zxids.
    private async Task ReadSequenceAsync(RawZooKeeperClient client)
    {
        var children = (await client.GetChildren2Async(Writer.SequenceParent)).Value;
        var names = children.Names.OrderBy(name => name[^SuffixLength..], StringComparer.Ordinal).ToList();
        Assert.Equal(names.Count, children.Stat.NumChildren);
        Assert.Equal(names.Count, children.Stat.Cversion);
        for (int i = 0; i < names.Count; i++)
        {
            Assert.True(
                int.Parse(names[i][^SuffixLength..], CultureInfo.InvariantCulture) == i,
                $"the sequential znode {names[i]} is the {i}th");
        }

        var added = names.Skip(_sequence.Count).Select(name => $"{Writer.SequenceParent}/{name}").ToList();
        var replies = await ReadAllAsync(added, path => client.GetDataAsync(path));
        foreach (var (path, reply) in added.Zip(replies))
        {
            var (data, stat) = reply.Value;
            string text = Encoding.ASCII.GetString(data!);
            string identity = string.Join(' ', text.Split(' ').Take(2));
            Assert.True(
                stat.Czxid > _lastInSequence,
                $"{path} has zxid 0x{stat.Czxid:x}, and the one before it 0x{_lastInSequence:x}");
            _lastInSequence = stat.Czxid;
            Assert.True(
                _sequence.TryAdd(identity, path), $"{identity} was created twice, the second is {path}");
        }
    }

    private async Task VerifyWriterAsync(
        RawZooKeeperClient client,
        Writer writer,
        HashSet<string> ephemerals)
    {
        var children = (await client.GetChildrenAsync(writer.Root)).Value.ToHashSet();
        var register = (await client.GetDataAsync(writer.Register)).Value;
        var pairRegister = (await client.GetDataAsync(writer.PairRegister)).Value;
        bool IsThere(Write write) => write.Kind switch
        {
            // Only what was acknowledged is ever deleted.
            WriteKind.Create => children.Contains(write.Name) || write.DeletedBy is not null,
            WriteKind.Set => register.Stat.Version > write.ExpectedVersion,
            WriteKind.SequentialCreate => _sequence.ContainsKey(Identity(write)),
            WriteKind.Pair => children.Contains(write.Name),
            WriteKind.Delete => !children.Contains(write.Name),
            // Whether the ephemerals of the dead are still there says nothing.
            _ => load.DeadSessions.Contains(write.SessionId) ? write.MustBeThere : ephemerals.Contains(write.Name),
        };

        Decide(writer, IsThere);
        writer.RegisterVersion = Compare(writer, WriteKind.Set, register);
        writer.PairRegisterVersion = Compare(writer, WriteKind.Pair, pairRegister);
        CompareChildren(writer, children);
        await CompareZnodesAsync(client, writer);
        int seen = observer.NewestVersions.GetValueOrDefault(writer.Register);
        Assert.True(
            register.Stat.Version >= seen,
            $"{writer.Register} was read with version {seen} and now has {register.Stat.Version}");
    }

    private static void Decide(Writer writer, Func<Write, bool> isThere)
    {
        Write? missing = null;
        foreach (var write in writer.Writes)
        {
            bool found = isThere(write);
            switch (write.Outcome)
            {
                case WriteOutcome.Acknowledged or WriteOutcome.FoundThere:
                    Assert.True(found, $"lost: {write}");
                    break;
                // The versions of what is missing are given to others; names are not.
                case WriteOutcome.FoundMissing when write.Kind is not (WriteKind.Set or WriteKind.Delete):
                    Assert.True(!found, $"there after it had been missing: {write}");
                    break;
                case WriteOutcome.Unanswered:
                    // A session's requests are carried out in their order, or from one on not at all.
                    Assert.True(!found || missing is null, $"{write} is there, and the earlier {missing} is not");
                    if (!found)
                        missing ??= write;
                    write.Outcome = found ? WriteOutcome.FoundThere : WriteOutcome.FoundMissing;
                    break;
                case WriteOutcome.Failed:
                    write.Outcome = found ? WriteOutcome.FoundThere : WriteOutcome.FoundMissing;
                    break;
            }
        }

        // A delete that did not come through leaves its znode to be deleted by nobody.
        foreach (var write in writer.Writes)
        {
            if (write.DeletedBy is { Outcome: WriteOutcome.FoundMissing })
                write.DeletedBy = null;
        }
    }

    /// <returns>The register's version.</returns>
    private static int Compare(Writer writer, WriteKind kind, ZnodeData register)
    {
        var sets = writer.Writes.Where(write => write.Kind == kind && write.MustBeThere).ToList();
        Assert.True(
            register.Stat.Version == sets.Count,
            $"{kind} of {writer.Name}: version {register.Stat.Version} after {sets.Count} sets that are there");
        var last = sets.LastOrDefault();
        Assert.Equal(last?.Data ?? [], register.Data);
        if (last is not null)
        {
            if (last.Zxid == 0 && kind == WriteKind.Set)
                last.Zxid = register.Stat.Mzxid;
            // Of a pair without an acknowledgement the zxid is read from the znode that it created.
            Assert.True(
                last.Zxid == 0 || last.Zxid == register.Stat.Mzxid,
                $"zxid 0x{register.Stat.Mzxid:x} in the znode that was set by {last}");
        }

        return register.Stat.Version;
    }

    private static void CompareChildren(Writer writer, HashSet<string> children)
    {
        var expected = writer.Writes
            .Where(write => write.Kind is WriteKind.Create or WriteKind.Pair && write.MustBeThere
                && write.DeletedBy is null)
            .Select(write => write.Name)
            .Append("register")
            .Append("pair")
            .ToHashSet();
        children.SymmetricExceptWith(expected);
        Assert.True(children.Count == 0, $"{writer.Root} should or should not have: {string.Join(", ", children)}");
    }

    private async Task CompareZnodesAsync(RawZooKeeperClient client, Writer writer)
    {
        var written = writer.Writes
            .Where(write => !write.IsCompared && write.MustBeThere && write.DeletedBy is null
                && write.Kind is not (WriteKind.Set or WriteKind.Delete)
                && !(write.Kind == WriteKind.EphemeralCreate && load.DeadSessions.Contains(write.SessionId)))
            .ToList();
        foreach (var write in written.Where(write => write.Kind == WriteKind.SequentialCreate))
        {
            string path = _sequence[Identity(write)];
            write.CreatedPath ??= path;
            Assert.True(path == write.CreatedPath, $"{write.CreatedPath} was acknowledged, there is {path}: {write}");
        }

        var replies = await ReadAllAsync(written, write => client.GetDataAsync(write.CreatedPath ?? write.Path));
        foreach (var (write, reply) in written.Zip(replies))
        {
            var (data, stat) = reply.Value;
            Assert.True(data.AsSpan().SequenceEqual(write.Data), $"the data is not that of {write}");
            if (write.Zxid == 0)
                write.Zxid = stat.Czxid;
            long owner = write.Kind == WriteKind.EphemeralCreate ? write.SessionId : 0;
            Assert.True(
                stat.Czxid == write.Zxid && stat.Mzxid == write.Zxid && stat.Version == 0
                && stat.EphemeralOwner == owner && stat.DataLength == write.Data.Length,
                $"{stat} is not that of {write}");
            write.IsCompared = true;
        }
    }

    private void VerifyZxids()
    {
        var all = new Dictionary<long, Write>();
        foreach (var writer in load.Writers)
        {
            Write? previous = null;
            foreach (var write in writer.Writes.Where(write => write.Zxid != 0))
            {
                Assert.True(all.TryAdd(write.Zxid, write), $"one zxid for {write} and {all[write.Zxid]}");
                Assert.True(previous is null || write.Zxid > previous.Zxid, $"{write} came after {previous}");
                previous = write;
            }
        }
    }
}
