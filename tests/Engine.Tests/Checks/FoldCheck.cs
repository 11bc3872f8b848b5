using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;

namespace Coordination.Engine.Tests.Checks;

/// <summary>Checks that a log gives one state, however it is folded.</summary>
internal static class FoldCheck
{
    private const int MostCuts = 12;

    /// <summary>Checks a log against the state that it was written from.</summary>
    /// <param name="start">What stood before its first row.</param>
    /// <param name="log">The bodies of its rows.</param>
    /// <param name="written">The state of the one that wrote it.</param>
    public static void Check(CheckpointRows start, IReadOnlyList<byte[]> log, CoordinationState written)
    {
        string expected = StateText.Of(written, log);
        var replayed = start.Load();
        ApplyAll(replayed, log);
        Assert.Equal(expected, StateText.Of(replayed, log));
        ApplyAll(replayed, log);
        Assert.Equal(expected, StateText.Of(replayed, log));
        int step = Math.Max(1, log.Count / MostCuts);
        for (int cut = 0; cut <= log.Count; cut += step)
            CheckCut(start, log, cut, expected);
    }

    /// <summary>Checks that a checkpoint folded up to a row, and the rest of the log, make the same state.</summary>
    public static void CheckCut(CheckpointRows start, IReadOnlyList<byte[]> log, int cut, string expected)
    {
        var rows = start.Copy();
        // In two deltas, so that what one leaves behind is what the next starts from.
        foreach (var (from, to) in new[] { (0, cut / 2), (cut / 2, cut) })
        {
            var delta = Fold(start, rows.State, log, from, to);
            rows.CarryOut(delta);
            string once = StateText.Of(rows.Load(), log);
            rows.CarryOut(delta);
            Assert.Equal(once, StateText.Of(rows.Load(), log));
        }
        var loaded = rows.Load();
        TreeInvariants.Check(loaded);
        ApplyAll(loaded, log);
        TreeInvariants.Check(loaded);
        Assert.Equal(expected, StateText.Of(loaded, log));
    }

    public static void ApplyAll(CoordinationState state, IReadOnlyList<byte[]> log)
    {
        var results = new List<ChangeResult>();
        foreach (byte[] body in log)
        {
            var reader = new BatchReader(body);
            while (reader.TryRead(out var entry))
                state.Apply(entry, results);
        }
    }

    private static CheckpointDelta Fold(
        CheckpointRows start, CheckpointState state, IReadOnlyList<byte[]> log, int from, int to)
    {
        var folder = new CheckpointFolder(state);
        for (int i = from; i < to; i++)
            folder.Fold(state.Position + i - from + 1, (UInt128)(i + 1), log[i]);
        // Of a replica that has come further meanwhile, as it has in a silo.
        var replica = start.Load();
        ApplyAll(replica, [.. log.Take(to + ((log.Count - to) / 2))]);
        return folder.ToDelta(folder.Answered.ToDictionary(id => id, id => replica.EncodeAnswers(id, folder.Zxid)), applied: null);
    }
}
