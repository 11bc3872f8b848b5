using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>What each checksum in the checkpoint's rows is over: one for all columns that change together, so that none has to be
/// read to change another.</summary>
internal static class CheckpointChecksums
{
    // Part of the format, as is the order of the values.
    private enum Group
    {
        Origin = 1,
        Data = 2,
        Acl = 3,
        Pzxid = 4,
        CreatedChildren = 5,
        Password = 6,
        Attachment = 7,
        Answers = 8,
        Counter = 9,
        SiloBatch = 10,
        State = 11,
    }

    /// <summary>Over what a znode has from its creation to its end.</summary>
    /// <param name="path">The checksum of the path, with which each of a znode's begins.</param>
    /// <param name="czxid">The znode's czxid.</param>
    /// <param name="ctime">The znode's ctime.</param>
    /// <param name="ephemeralOwner">The znode's owner.</param>
    public static int OfOrigin(RowChecksum path, long czxid, long ctime, long ephemeralOwner) =>
        Begin(path, Group.Origin).With(czxid).With(ctime).With(ephemeralOwner).Value;

    /// <summary>Over the data and what changes with it; null data is not empty data.</summary>
    public static int OfData(
        RowChecksum path, bool hasData, ReadOnlySpan<byte> data, int version, long mzxid, long mtime) =>
        Begin(path, Group.Data).With(hasData ? 1 : 0).With(version).With(mzxid).With(mtime).With(data).Value;

    public static int OfAcl(RowChecksum path, ReadOnlySpan<byte> acl, int aversion) =>
        Begin(path, Group.Acl).With(aversion).With(acl).Value;

    public static int OfPzxid(RowChecksum path, long pzxid) => Begin(path, Group.Pzxid).With(pzxid).Value;

    public static int OfCreatedChildren(RowChecksum path, int createdChildren) =>
        Begin(path, Group.CreatedChildren).With(createdChildren).Value;

    public static int OfPassword(long session, ReadOnlySpan<byte> password) =>
        Begin(RowChecksum.Of(session), Group.Password).With(password).Value;

    /// <summary>Over what attaching a session changes.</summary>
    public static int OfAttachment(SessionRecord session) => Begin(RowChecksum.Of(session.Silo), Group.Attachment)
        .With(session.Id).With(session.TimeoutMilliseconds).With(session.AttachZxid).Value;

    public static int OfAnswers(long session, ReadOnlySpan<byte> answers) =>
        Begin(RowChecksum.Of(session), Group.Answers).With(answers).Value;

    public static int OfCounter(ReadOnlySpan<byte> name, long next) =>
        Begin(RowChecksum.Of(name), Group.Counter).With(next).Value;

    public static int OfSiloBatch(Guid silo, long batchNumber) =>
        Begin(RowChecksum.Of(silo), Group.SiloBatch).With(batchNumber).Value;

    public static int OfState(in CheckpointStateRow row)
    {
        var (state, counts) = (row.State, row.Counts);
        return Begin(RowChecksum.Of(row.Incarnation), Group.State)
            .With(state.Position).With(state.Zxid).With((long)(state.Checksum >> 64)).With((long)(ulong)state.Checksum)
            .With(state.Epoch).With(state.FormatLevel)
            .With(counts.Znodes).With(counts.Sessions).With(counts.Answers).With(counts.Counters).With(counts.SiloBatches)
            .Value;
    }

    private static RowChecksum Begin(RowChecksum key, Group group) => key.With((long)group);
}
