using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Tests;

/// <summary>What a checkpoint holds, as it was loaded or as a test expects it.</summary>
internal sealed class CheckpointContent : ICheckpointReceiver
{
    public List<ZnodeRow> Znodes { get; } = [];

    public SortedDictionary<long, SessionRecord> Sessions { get; } = [];

    public SortedDictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public Dictionary<Guid, long> SiloBatches { get; } = [];

    public void Znode(scoped in ZnodeRecord record) => Znodes.Add(ZnodeRow.Of(record));

    public void Session(SessionRecord session)
    {
        Assert.Empty(Znodes);
        Sessions.Add(session.Id, session);
    }

    public void Counter(string name, long next) => Counters.Add(name, next);

    public void SiloBatch(Guid identity, long batchNumber) => SiloBatches.Add(identity, batchNumber);

    /// <summary>All of it as text, for comparing.</summary>
    public string Describe() => string.Join(
        '\n',
        Znodes.Select(znode => znode.ToString())
            .Concat(Sessions.Values.Select(session => $"session {session.Id} {Convert.ToHexString(session.Password.Span)} "
                + $"{session.TimeoutMilliseconds} {session.AttachZxid} {session.Silo} {Convert.ToHexString(session.Answers.Span)}"))
            .Concat(Counters.Select(counter => $"counter {counter}"))
            .Concat(SiloBatches.OrderBy(batch => batch.Key).Select(batch => $"silo {batch}")));
}
