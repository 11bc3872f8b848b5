using System.Text;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Following;
using Coordination.Engine.Log;
using Coordination.Engine.Quotas;
using Coordination.Engine.Requests;
using Coordination.Engine.Sessions;
using Coordination.Engine.Tree;
using Coordination.Engine.Watches;
using Coordination.Protocol;

namespace Coordination.Engine;

/// <summary>Everything that a prefix of the log says: the fold that every silo holds.</summary>
/// <remarks>Deterministic: no clock, no random source, no I/O. Not thread-safe: the replica's lock guards it.</remarks>
public sealed class CoordinationState
{
    private const int LongestAnswerKept = 64 << 10;

    private readonly Dictionary<long, Session> _sessions = [];
    private readonly Dictionary<string, long> _counters = [];
    private readonly IApplyListener? _listener;
    private readonly JuteBuffer _answer = new();
    private HashSet<Znode>? _unsettledAcls;

    /// <summary>Makes an empty state, before genesis or a checkpoint is loaded into it.</summary>
    /// <param name="listener">Hears of sessions; null for nobody.</param>
    public CoordinationState(IApplyListener? listener = null)
    {
        _listener = listener;
        Quotas = new QuotaTable(Tree);
    }

    /// <summary>The znodes.</summary>
    public ZnodeTree Tree { get; } = new();

    /// <summary>The watches of this silo's connections, which entries fire as they are applied. Not part of the fold.</summary>
    public WatchTable Watches { get; } = new();

    /// <summary>Those who follow updates, and are told of each as entries are applied. Not part of the fold.</summary>
    public FollowerTable Followers { get; } = new();

    /// <summary>The znodes that go by themselves some day.</summary>
    public VanishingZnodes Vanishing { get; } = new();

    /// <summary>The open sessions.</summary>
    public IReadOnlyDictionary<long, Session> Sessions => _sessions;

    /// <summary>The open sessions by the silos that they are attached to.</summary>
    public SessionsBySilo SessionsBySilo { get; } = new();

    /// <summary>The zxid of the last entry that was applied.</summary>
    public long LastZxid { get; private set; }

    /// <summary>Whether an entry is applied in part. What it has touched is not to be shown: see <see cref="IsSettled"/>.</summary>
    public bool IsBetween { get; private set; }

    /// <summary>The epoch in force.</summary>
    public int Epoch { get; private set; }

    /// <summary>The life of the silo that began the epoch; empty where it was begun before the checkpoint.</summary>
    public Guid EpochSilo { get; private set; }

    /// <summary>The format level that all silos can read.</summary>
    public int FormatLevel { get; private set; } = LogFormat.CurrentLevel;

    /// <summary>The quotas, and what there is under them.</summary>
    internal QuotaTable Quotas { get; }

    /// <summary>How many znodes are ephemeral.</summary>
    public int EphemeralCount { get; private set; }

    /// <summary>The next number of a named counter that is not given out; 0 for one that was never used.</summary>
    public long NextOfCounter(string name) => _counters.GetValueOrDefault(name);

    /// <summary>Loads the state of an empty log, as a fresh ZooKeeper has it.</summary>
    public static CoordinationState Genesis(IApplyListener? listener = null)
    {
        var state = new CoordinationState(listener);
        var loader = new StateLoader(state);
        foreach (var change in Checkpoint.Genesis.Znodes())
            loader.Znode(Checkpoint.Genesis.RecordOf(change));
        return state;
    }

    /// <summary>Applies one entry. One that is in the state already changes nothing.</summary>
    /// <param name="entry">The entry; its zxid decides whether it is new.</param>
    /// <param name="results">Cleared, then filled with what each of its changes did.</param>
    public void Apply(in LogEntry entry, List<ChangeResult> results)
    {
        if (ApplyAtOnce(entry, results) is not { } rest)
            return;
        while (!rest.GoOn(int.MaxValue))
            continue;
        rest.End();
    }

    /// <summary>Applies one entry, or begins to where that would take long.</summary>
    /// <param name="entry">The entry; its zxid decides whether it is new.</param>
    /// <param name="results">Cleared, then filled with what each of its changes did.</param>
    /// <returns>What is left to be done; null where all is.</returns>
    public LongApplication? Begin(in LogEntry entry, List<ChangeResult> results) =>
        LongApplication.IsLong(entry) && entry.Header.Zxid > LastZxid
            ? BeginInPieces(entry, results)
            : ApplyAtOnce(entry, results);

    /// <summary>Begins to apply a multi, or the close of a session, that is not in the state.</summary>
    internal LongApplication BeginInPieces(in LogEntry entry, List<ChangeResult> results)
    {
        IsBetween = true;
        return new LongApplication(this, entry, results);
    }

    /// <summary>Whether what a path shows, and does not show, is that of <see cref="LastZxid"/>.</summary>
    /// <remarks>While an entry is applied in part, what it has changed bears its zxid. What it has deleted is gone, so that
    /// whatever is not there may have been.</remarks>
    public bool IsSettled(ReadOnlySpan<byte> path)
    {
        if (!IsBetween)
            return true;
        return Tree.Find(path) is { } node && node.Czxid <= LastZxid && node.Mzxid <= LastZxid && node.Pzxid <= LastZxid
            && !QuotaPath.IsOfQuotas(path) && _unsettledAcls?.Contains(node) != true;
    }

    internal void End(in EntryHeader header)
    {
        LastZxid = header.Zxid;
        IsBetween = false;
        _unsettledAcls = null;
        if (Followers.HasGathered)
            Followers.Tell();
    }

    // The list of what it owns goes with the session, rather than one after the other.
    internal void DisownAll(long sessionId) => _sessions[sessionId].OwnedEphemerals = null;

    internal void EndSession(long id)
    {
        if (_sessions.Remove(id, out var closed))
            SessionsBySilo.Remove(closed);
        _listener?.SessionClosed(id);
    }

    internal void Load(SessionRecord record) => AddSession(record);

    internal void Load(scoped in ZnodeRecord record)
    {
        var node = Tree.Load(record);
        if (node.Owner != 0)
            Own(node);
    }

    internal void LoadCounter(string name, long next) => _counters[name] = next;

    internal void Loaded(CheckpointState checkpoint)
    {
        LastZxid = checkpoint.Zxid;
        Epoch = checkpoint.Epoch;
        LogFormat.Check(checkpoint.FormatLevel);
        FormatLevel = checkpoint.FormatLevel;
        Quotas.Load();
    }

    /// <summary>Finds the answer to a write that a client has sent again.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="number">The client's number of the write.</param>
    /// <param name="operation">What the client asks for now.</param>
    /// <param name="results">Cleared, then filled with what each change did; valid until the next entry is applied.</param>
    /// <returns>Ok, or why there is no such answer.</returns>
    public ErrorCode FindAnswer(long sessionId, long number, WriteOperation operation, List<ChangeResult> results)
    {
        results.Clear();
        if (!_sessions.TryGetValue(sessionId, out var session) || session.Answers is not { } answers)
            return ErrorCode.WasRefused;
        var error = answers.Find(number, out var answer);
        if (error != ErrorCode.Ok)
            return error;
        return AnswerCodec.TryRead(answer, operation, results) ? ErrorCode.Ok : ErrorCode.BadArguments;
    }

    /// <summary>The answers that a session keeps, as a checkpoint has them.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="through">The zxid that the checkpoint is a picture of.</param>
    /// <returns>Null where the session is closed, or keeps none.</returns>
    public byte[]? EncodeAnswers(long sessionId, long through) =>
        _sessions.TryGetValue(sessionId, out var session) ? session.Answers?.Encode(through) : null;

    private LongApplication? ApplyAtOnce(in LogEntry entry, List<ChangeResult> results)
    {
        results.Clear();
        if (entry.Header.Zxid <= LastZxid)
            return null;
        if (entry.Change.Kind == EntryKind.Multi)
        {
            var changes = entry.Change.Items.Read();
            while (changes.TryRead(out var change))
                Apply(entry.Header, change, results);
        }
        else
        {
            Apply(entry.Header, entry.Change, results);
        }
        if (entry.Once.IsGiven)
            KeepAnswer(entry, results);
        if (Watches.HoldsEvents || Quotas.HasNew)
        {
            IsBetween = true;
            return new LongApplication(this, entry.Header);
        }
        LastZxid = entry.Header.Zxid;
        if (Followers.HasGathered)
            Followers.Tell();
        return null;
    }

    internal void Apply(in EntryHeader header, in Change change, List<ChangeResult> results)
    {
        switch (change.Kind)
        {
            case EntryKind.Create:
                results.Add(Create(header, change));
                break;
            case EntryKind.Delete:
                Delete(change.Path.Span, header);
                results.Add(new ChangeResult(change.Path, default));
                break;
            case EntryKind.SetData:
                results.Add(SetData(header, change));
                break;
            case EntryKind.SetAcl:
                var node = NodeAt(change.Path.Span);
                Tree.SetAcl(node, change.Acl.Span, change.Number);
                // No zxid of a znode tells of its ACL.
                if (IsBetween)
                    (_unsettledAcls ??= []).Add(node);
                if (Followers.IsFollowed(change.Path.Span))
                    Followers.AclSet(change.Path.Span, node, header.Zxid, header.Time, AclOf(node));
                results.Add(new ChangeResult(change.Path, node.Stat));
                break;
            case EntryKind.OpenSession:
                var session = AddSession(new SessionRecord(
                    change.SessionId, change.Data, change.Number, header.Zxid, change.Silo));
                _listener?.SessionOpened(session);
                break;
            case EntryKind.AttachSession:
                session = _sessions[change.SessionId];
                session.TimeoutMilliseconds = change.Number;
                SessionsBySilo.Attach(session, change.Silo, header.Zxid);
                _listener?.SessionAttached(session);
                break;
            case EntryKind.CloseSession:
                DisownAll(change.SessionId);
                var deletions = change.Items.Read();
                while (deletions.TryRead(out var deletion))
                    Delete(deletion.Path.Span, header);
                EndSession(change.SessionId);
                break;
            case EntryKind.Counter:
                _counters[Encoding.UTF8.GetString(change.Data.Span)] = change.LongNumber;
                break;
            case EntryKind.Epoch:
                Epoch = change.Number;
                EpochSilo = change.Silo;
                break;
            case EntryKind.FormatLevel:
                LogFormat.Check(change.Number);
                FormatLevel = change.Number;
                break;
            case EntryKind.SiloBatch or EntryKind.ForgetSilos:
                // Whose batches are in the log was of use to silos that took batches of others.
                break;
            default:
                throw new InvalidOperationException($"a change of kind {change.Kind} cannot be applied");
        }
    }

    /// <summary>Keeps the answer to a write that has a number.</summary>
    internal void KeepAnswer(in LogEntry entry, List<ChangeResult> results)
    {
        _answer.Clear(LongestAnswerKept);
        AnswerCodec.Write(_answer, entry.Change, results);
        (_sessions[entry.Header.SessionId].Answers ??= new KeptAnswers())
            .Keep(entry.Once, entry.Header.Zxid, _answer.WrittenSpan);
    }

    private Session AddSession(SessionRecord record)
    {
        var session = new Session(record);
        _sessions.Add(session.Id, session);
        SessionsBySilo.Attach(session, record.Silo, record.AttachZxid);
        return session;
    }

    private ChangeResult Create(in EntryHeader header, in Change change)
    {
        var path = change.Path.Span;
        var node = Tree.Create(
            path, change.Data.Span, change.HasData, change.Acl.Span, change.SessionId, header.Zxid, header.Time,
            change.Number);
        if (node.Owner != 0)
            Own(node);
        var result = new ChangeResult(change.Path, node.Stat);
        if (Quotas.IsConcernedWith(path))
            Quotas.Created(path, node);
        if (Followers.IsFollowed(path))
            Followers.Created(path, node, AclOf(node));
        Watches.Created(path, header.Zxid, GuardOf(node), GuardOf(node.Parent!));
        return result;
    }

    private ChangeResult SetData(in EntryHeader header, in Change change)
    {
        var path = change.Path.Span;
        var node = NodeAt(path);
        int lengthBefore = node.Data.Length;
        bool isFollowed = Followers.IsFollowed(path);
        var before = isFollowed ? FollowerTable.DataOf(node) : default;
        Tree.SetData(node, change.Data.Span, change.HasData, change.Number, header.Zxid, header.Time);
        var result = new ChangeResult(change.Path, node.Stat);
        if (Quotas.IsConcernedWith(path))
            Quotas.DataSet(path, node, lengthBefore);
        if (isFollowed)
            Followers.DataSet(path, node, before, AclOf(node));
        Watches.DataChanged(path, header.Zxid, GuardOf(node));
        return result;
    }

    private void Delete(ReadOnlySpan<byte> path, in EntryHeader header)
    {
        var node = NodeAt(path);
        var acl = GuardOf(node);
        if (Followers.IsFollowed(path))
            Followers.Deleted(path, node, header.Zxid, header.Time, AclOf(node));
        Tree.Delete(node, path, header.Zxid);
        if (Quotas.IsConcernedWith(path))
            Quotas.Deleted(path, node);
        if (node.Owner != 0)
            Disown(node);
        Watches.Deleted(path, header.Zxid, acl, GuardOf(node.Parent!));
    }

    // Null where everybody may read it.
    private Protocol.Acl[]? GuardOf(Znode node) => node.AclId == AclTable.OpenId ? null : Tree.Acls.ArrayOf(node.AclId);

    private Protocol.Acl[] AclOf(Znode node) => Tree.Acls.ArrayOf(node.AclId);

    private void Own(Znode node)
    {
        if (OwnerMark.IsMark(node.Owner))
        {
            Vanishing.Add(node);
            return;
        }
        EphemeralCount++;
        (_sessions[node.EphemeralOwner].OwnedEphemerals ??= new OwnedZnodes()).Add(node);
    }

    private void Disown(Znode node)
    {
        if (OwnerMark.IsMark(node.Owner))
        {
            Vanishing.Remove(node);
            return;
        }
        EphemeralCount--;
        _sessions[node.EphemeralOwner].OwnedEphemerals?.Remove(node);
    }

    private Znode NodeAt(ReadOnlySpan<byte> path) =>
        Tree.Find(path)
        ?? throw new InvalidOperationException($"an entry changes {Encoding.UTF8.GetString(path)}, which does not exist");
}
