using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Logs;
using Coordination.Protocol;
using Coordination.Storage.Sqlite;

namespace Coordination.Grains.Tests.Writing;

/// <summary>Two silos that know nothing of each other write to one log: slow, and right.</summary>
public sealed class TwoWritersTests
{
    private const int SecondFirstCxid = 1_000_000_000;
    private const int SharedPaths = 12;

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task TwoWritersMakeOneHistoryAndTellTheTruth()
    {
        using var folder = new TempFolder();
        string path = folder.Combine("log.db");
        SqliteLog.Create(path, Guid.NewGuid());
        await using var firstLog = SqliteLog.Open(path);
        await using var secondLog = SqliteLog.Open(path);
        await using var first = WriterInProcess.Start(firstLog);
        await using var second = WriterInProcess.Start(secondLog, SecondFirstCxid);
        Assert.Equal(ErrorCode.Ok, (await first.WriteAsync(Writes.Create("/counter"))).Error);
        Assert.Equal(ErrorCode.NodeExists, (await second.WriteAsync(Writes.Create("/counter"))).Error);

        WriterInProcess[] writers = [first, second];
        await using var reader = SqliteLog.Open(path);
        // They take turns: otherwise this would show nothing.
        for (int round = 0; CountTurns(await reader.ReadEntriesAsync()) <= 4; round++)
        {
            Assert.True(round < 10, "they do not take turns");
            using var time = new CancellationTokenSource(_duration);
            await Task.WhenAll(writers.SelectMany((writer, which) => Enumerable.Range(0, 4).Select(
                part => Task.Run(() => WriteAsync(writer, $"{which}-{part}-{round}", time.Token)))));
        }
        foreach (var writer in writers)
            await Patience.WithinAsync(writer.Loop.StopAsync(default));

        var entries = await reader.ReadEntriesAsync();
        AssertOneOrder(entries);
        AssertNothingIsLostOrDoubled(entries, writers);
        AssertNumbersAreGivenOutOnce(writers);
        AssertRefusalsAreTrue(entries, writers);
        string truth = (await reader.FoldAsync()).Describe("numbers");
        foreach (var writer in writers)
        {
            await writer.CatchUpAsync();
            Assert.Equal(truth, writer.Replica.State.Describe("numbers"));
        }
        Assert.Equal(2, first.Replica.State.Epoch);
    }

    private static int CountTurns(List<(long Position, LogEntry Entry)> entries)
    {
        bool[] isFirsts = [.. entries.Where(entry => entry.Entry.Change.Kind != EntryKind.Epoch)
            .Select(entry => entry.Entry.Header.Cxid < SecondFirstCxid)];
        return isFirsts.Zip(isFirsts.Skip(1)).Count(pair => pair.First != pair.Second);
    }

    private static async Task WriteAsync(WriterInProcess writer, string own, CancellationToken cancellationToken)
    {
        var random = new Random(own.GetHashCode());
        int version = 0;
        for (int i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var batch = new WriteOperation[random.Next(1, 9)];
            for (int j = 0; j < batch.Length; j++)
            {
                string shared = $"/shared-{random.Next(SharedPaths)}";
                batch[j] = random.Next(6) switch
                {
                    0 => Writes.Create($"/own-{own}-{i}-{j}", own),
                    1 => Writes.Create(shared, own),
                    2 => Writes.Delete(shared),
                    3 => Writes.Set("/counter", own, version),
                    4 => Writes.Take("numbers", random.Next(1, 6)),
                    _ => Writes.Multi(Writes.Check("/counter", version), Writes.Create(shared), Writes.Set(shared, own)),
                };
            }
            var writes = writer.Submit(batch);
            if (random.Next(4) != 0)
                continue;
            var replies = await Patience.WithinAsync(Task.WhenAll(writes.Select(write => write.Reply)));
            version = replies.Where(reply => reply.Path == "/counter")
                .Select(reply => reply.Stat.Version).DefaultIfEmpty(version + random.Next(2)).Max();
        }
    }

    private static void AssertOneOrder(List<(long Position, LogEntry Entry)> entries)
    {
        Assert.Equal(entries.OrderBy(entry => entry.Position), entries);
        Assert.Equal(
            entries.Select(entry => entry.Entry.Header.Zxid).Distinct().Order(),
            entries.Select(entry => entry.Entry.Header.Zxid));
    }

    private static void AssertNothingIsLostOrDoubled(
        List<(long Position, LogEntry Entry)> entries, WriterInProcess[] writers)
    {
        var succeeded = new Dictionary<long, int>();
        foreach (var writer in writers)
        {
            // Each was completed, once, and in the order in which it was submitted under the pipeline's lock.
            Assert.Equal(0, writer.Pipeline.RequestsInFlight);
            Assert.Equal(writer.Completed.Count, writer.Completed.Distinct().Count());
            foreach (var write in writer.Completed.Where(write => write.Reply.Result.Error == ErrorCode.Ok))
                succeeded.Add(write.Reply.Result.Zxid, write.Cxid);
        }
        var logged = entries.Where(entry => entry.Entry.Change.Kind != EntryKind.Epoch)
            .ToDictionary(entry => entry.Entry.Header.Zxid, entry => entry.Entry.Header.Cxid);
        Assert.Equal(logged.OrderBy(entry => entry.Key), succeeded.OrderBy(entry => entry.Key));
        Assert.Contains(logged.Values, cxid => cxid < SecondFirstCxid);
        Assert.Contains(logged.Values, cxid => cxid >= SecondFirstCxid);
    }

    private static void AssertNumbersAreGivenOutOnce(WriterInProcess[] writers)
    {
        long next = 0;
        foreach (var write in writers.SelectMany(writer => writer.Completed)
            .Where(write => write.Operation is TakeNumbersOperation && write.Reply.Result.Error == ErrorCode.Ok)
            .OrderBy(write => write.Reply.Result.FirstNumber))
        {
            Assert.Equal(next, write.Reply.Result.FirstNumber);
            next += ((TakeNumbersOperation)write.Operation).Count;
        }
    }

    // A refusal names the zxid that it rests on: as of that, it must be right.
    private static void AssertRefusalsAreTrue(
        List<(long Position, LogEntry Entry)> entries, WriterInProcess[] writers)
    {
        var refusals = writers.SelectMany(writer => writer.Completed)
            // One whose turn at the file did not come in time was not looked at.
            .Where(write => write.Reply.Result.Error is not (ErrorCode.Ok or ErrorCode.SystemError))
            .OrderBy(write => write.Reply.Result.Zxid).ToList();
        Assert.NotEmpty(refusals);
        var state = CoordinationState.Genesis();
        var results = new List<ChangeResult>();
        int next = 0;
        foreach (var refusal in refusals)
        {
            var reply = refusal.Reply.Result;
            while (next < entries.Count && entries[next].Entry.Header.Zxid <= reply.Zxid)
                state.Apply(entries[next++].Entry, results);
            Assert.Equal(reply.Zxid, state.LastZxid);
            Assert.Equal(ErrorOf(refusal.Operation, state), reply.Error);
        }
    }

    private static ErrorCode ErrorOf(WriteOperation operation, CoordinationState state) => operation switch
    {
        CreateOperation create => state.Tree.Find(create.Path) is null ? ErrorCode.Ok : ErrorCode.NodeExists,
        DeleteOperation delete => state.Tree.Find(delete.Path) is null ? ErrorCode.NoNode : ErrorCode.Ok,
        SetDataOperation set => VersionError(set.Path, set.Version, state),
        MultiOperation { Operations: [CheckOperation check, CreateOperation create, ..] } =>
            VersionError(check.Path, check.Version, state) is var error and not ErrorCode.Ok ? error : ErrorOf(create, state),
        _ => ErrorCode.Ok,
    };

    private static ErrorCode VersionError(byte[] path, int version, CoordinationState state) =>
        version == -1 || state.Tree.Find(path)!.Stat.Version == version ? ErrorCode.Ok : ErrorCode.BadVersion;
}
