using Coordination.Engine.Checkpoint;
using Coordination.Storage.Tests.Stores;

namespace Coordination.Storage.Tests;

public abstract class CheckpointModelTests
{
    private protected abstract IStoreUnderTest NewStore();

    /// <summary>A checkpoint holds what a dictionary holds after the same changes, wherever it was closed or killed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomDeltasDoWhatTheModelDoes(int seed)
    {
        await using var store = NewStore();
        var random = new Random(seed);
        var state = Changes.Genesis;
        var model = new SortedDictionary<string, ZnodeRow>(StringComparer.Ordinal);
        var content = new CheckpointContent();
        var checkpoint = await store.OpenCheckpointAsync();
        for (int step = 0; step < 150; step++)
        {
            var delta = RandomDelta(random, state, model, content);
            Assert.True(await checkpoint.AdvanceAsync(delta, default));
            state = delta.Target;
            switch (random.Next(8))
            {
                case 0:
                    Assert.Equal(state, await checkpoint.FlushAsync(default));
                    break;
                case 1:
                    await checkpoint.DisposeAsync();
                    checkpoint = await store.OpenCheckpointAsync();
                    break;
                case 2:
                    Assert.False(await checkpoint.AdvanceAsync(delta, default));
                    break;
            }
            if (step % 10 != 0)
                continue;
            var loaded = new CheckpointContent();
            Assert.Equal(state, await checkpoint.LoadAsync(loaded, default));
            content.Znodes.Clear();
            content.Znodes.AddRange(model.Values);
            Assert.Equal(content.Describe(), loaded.Describe());
        }
        await checkpoint.DisposeAsync();
    }

    private static CheckpointDelta RandomDelta(
        Random random, CheckpointState state, SortedDictionary<string, ZnodeRow> model, CheckpointContent content)
    {
        var znodes = new Dictionary<string, ZnodeChange>();
        for (int count = random.Next(30); count > 0; count--)
        {
            string path = $"/{random.Next(20)}/{random.Next(20)}";
            var change = RandomChange(random, path, model.ContainsKey(path));
            if (!znodes.TryAdd(path, change))
                continue;
            if (change.Kind is ZnodeChangeKind.Add or ZnodeChangeKind.Put)
                model[path] = ZnodeRow.Of(change);
            else if (change.Kind == ZnodeChangeKind.Patch)
                model[path] = model[path].With(change);
            else
                model.Remove(path);
        }

        var sessions = new Dictionary<long, SessionRecord?>();
        long id = random.Next(-3, 3);
        var session = new SessionRecord(id, Bytes(random, 16), random.Next(), random.NextInt64(), Guid.NewGuid());
        sessions[id] = random.Next(3) switch
        {
            0 => null,
            1 when content.Sessions.ContainsKey(id) => session with { Password = default },
            _ => session,
        };
        if (sessions[id] is not { } changed)
            content.Sessions.Remove(id);
        else if (changed.Password.IsEmpty)
            content.Sessions[id] = changed with { Password = content.Sessions[id].Password, Answers = content.Sessions[id].Answers };
        else
            content.Sessions[id] = changed with { Answers = content.Sessions.GetValueOrDefault(id)?.Answers ?? default };
        var answers = RandomAnswers(random, content);

        string counter = $"counter-{random.Next(5)}";
        content.Counters[counter] = random.NextInt64();
        var silo = new Guid(random.Next(5), 0, 0, new byte[8]);
        long? batch = random.Next(3) == 0 ? null : random.NextInt64();
        if (batch is { } number)
            content.SiloBatches[silo] = number;
        else
            content.SiloBatches.Remove(silo);

        return new CheckpointDelta
        {
            Base = state,
            Target = Changes.Next(state) with { Epoch = random.Next(), FormatLevel = random.Next(1, 5) },
            Znodes = znodes.Values,
            Sessions = sessions,
            Answers = answers,
            Counters = new Dictionary<string, long> { [counter] = content.Counters[counter] },
            SiloBatches = new Dictionary<Guid, long?> { [silo] = batch },
        };
    }

    private static Dictionary<long, byte[]?> RandomAnswers(Random random, CheckpointContent content)
    {
        var answers = new Dictionary<long, byte[]?>();
        foreach (long id in content.Sessions.Keys.Where(_ => random.Next(3) == 0).ToArray())
        {
            answers[id] = random.Next(4) == 0 ? null : Bytes(random, random.Next(3) == 0 ? 9000 : 100);
            content.Sessions[id] = content.Sessions[id] with { Answers = answers[id] };
        }
        return answers;
    }

    private static ZnodeChange RandomChange(Random random, string path, bool stands)
    {
        int kind = random.Next(4);
        if (kind == 0)
            return Changes.Delete(path);
        var change = (kind, stands) switch
        {
            (1, _) => Changes.Put(path),
            (_, false) => Changes.Add(path),
            _ => Changes.Patch(path),
        };
        if (change.Kind == ZnodeChangeKind.Patch)
        {
            change.DataSet = random.Next(2) == 0;
            change.AclSet = random.Next(2) == 0;
            change.PzxidSet = random.Next(2) == 0;
            change.CreatedChildrenSet = random.Next(2) == 0;
        }
        change.Data = random.Next(5) == 0 ? null : (ReadOnlyMemory<byte>?)Bytes(random, random.Next(3) == 0 ? 9000 : 100);
        change.Acl = Bytes(random, 20);
        change.Czxid = random.NextInt64();
        change.Mzxid = random.NextInt64();
        change.Pzxid = random.NextInt64();
        change.Ctime = random.NextInt64();
        change.Mtime = random.NextInt64();
        change.Version = random.Next(int.MinValue, int.MaxValue);
        change.Aversion = random.Next(int.MinValue, int.MaxValue);
        change.CreatedChildren = random.Next(int.MinValue, int.MaxValue);
        change.EphemeralOwner = random.NextInt64();
        return change;
    }

    private static byte[] Bytes(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(1, most + 1)];
        random.NextBytes(bytes);
        return bytes;
    }
}
