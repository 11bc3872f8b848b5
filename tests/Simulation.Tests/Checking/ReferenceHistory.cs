using System.Globalization;
using System.Text;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>All that the log says, kept by one who read each row as it came to stand.</summary>
/// <param name="simulator">The run.</param>
/// <param name="asked">The numbers that clients gave to their writes, by the session's own number of each request.</param>
internal sealed class ReferenceHistory(Simulator simulator, IReadOnlyDictionary<(long Session, int Cxid), long> asked)
{
    private readonly List<(ulong State, ulong Answers)> _digests = [DigestOf(Genesis())];
    private readonly List<(TimeSpan At, long Zxid)> _tails = [];
    private readonly Dictionary<string, List<PathVersion>> _versions = new()
    {
        [ExtensionList.Path] = [VersionOf(Genesis(), ExtensionList.Path, 0)],
    };
    private readonly Dictionary<string, List<PathChange>> _changes = [];
    private readonly Dictionary<string, long> _lastSuffixes = [];
    private readonly List<ChangeResult> _results = [];

    /// <summary>The state as of the last row.</summary>
    public CoordinationState State { get; } = Genesis();

    /// <summary>The clients' writes.</summary>
    public LoggedWrites Writes { get; } = new(simulator, asked);

    /// <summary>The format level in force.</summary>
    public int FormatLevel { get; private set; } = LogFormat.FirstLevel;

    /// <summary>The checksums of all rows.</summary>
    public List<UInt128> Checksums { get; } = [];

    /// <summary>The sessions there ever were.</summary>
    public Dictionary<long, LoggedSession> Sessions { get; } = [];

    /// <summary>A row stands now.</summary>
    /// <returns>How many of its entries are applied in pieces.</returns>
    public int Add(LogRow row)
    {
        int longEntries = 0;
        var reader = new BatchReader(row.Body);
        while (reader.TryRead(out var entry))
        {
            Add(entry);
            if (LongApplication.IsLong(entry))
                longEntries++;
        }
        simulator.Check(State.LastZxid == row.LastZxid, () => $"row {row.Position} does not end at its last zxid");
        Checksums.Add(row.Checksum);
        _digests.Add(DigestOf(State));
        _tails.Add((simulator.Now, row.LastZxid));
        foreach (var session in State.Sessions.Values)
            simulator.Check(Sessions[session.Id].ClosedAt is null, () => $"session {session.Id:x} is open again");
        return longEntries;
    }

    /// <summary>The digests of the state, and of the answers that its sessions keep, as of a row; null where no such row
    /// stands.</summary>
    public (ulong State, ulong Answers)? DigestAt(long position) => position < _digests.Count ? _digests[(int)position] : null;

    /// <summary>The last zxid that stood at a time.</summary>
    public long TailAt(TimeSpan time) => _tails.FindLast(tail => tail.At <= time).Zxid;

    /// <summary>The digests of a state, to be compared with <see cref="DigestAt"/>.</summary>
    public static (ulong State, ulong Answers) DigestOf(CoordinationState state) =>
        (StateDigest.Of(state), StateDigest.OfAnswers(state));

    /// <summary>What a znode was as of a zxid; null where it was never there.</summary>
    public PathVersion? At(string path, long zxid) =>
        _versions.TryGetValue(path, out var versions) ? versions.FindLast(version => version.Zxid <= zxid) : null;

    /// <summary>The first change behind a zxid that a watch tells of.</summary>
    public PathChange? FirstChange(string path, long zxid, bool ofChildren)
    {
        if (!_changes.TryGetValue(path, out var changes))
            return null;
        for (int i = FirstBehind(changes, zxid); i < changes.Count; i++)
        {
            if (IsToldOf(changes[i].Type, ofChildren))
                return changes[i];
        }
        return null;
    }

    private static int FirstBehind(List<PathChange> changes, long zxid)
    {
        int least = 0;
        int most = changes.Count;
        while (least < most)
        {
            int middle = (least + most) / 2;
            if (changes[middle].Zxid > zxid)
                most = middle;
            else
                least = middle + 1;
        }
        return least;
    }

    private static bool IsToldOf(WatchEventType type, bool ofChildren) => type switch
    {
        WatchEventType.NodeDeleted => true,
        WatchEventType.NodeChildrenChanged => ofChildren,
        _ => !ofChildren,
    };

    private void Add(in LogEntry entry)
    {
        simulator.Check(entry.Header.Zxid > State.LastZxid, () => "a zxid is not above the one before");
        State.Apply(entry, _results);
        var touched = new HashSet<string>();
        Note(entry.Header, entry.Change, touched);
        foreach (string path in touched)
            Keep(path, entry.Header.Zxid);
        if (entry.Header.SessionId == 0)
            return;
        Writes.Add(entry, _results);
        var once = entry.Once;
        var write = (entry.Header.SessionId, entry.Header.Cxid);
        var session = Sessions[entry.Header.SessionId];
        simulator.Check(session.ClosedAt is null, () => $"a write of a closed session is in the log: {write}");
        simulator.Check(
            !once.IsGiven || FormatLevel >= LogFormat.OnceLevel,
            () => $"a numbered write is in the log at format level {FormatLevel}: {write}");
    }

    private void Note(in EntryHeader header, in Change change, HashSet<string> touched)
    {
        switch (change.Kind)
        {
            case EntryKind.Create:
                string path = Note(header.Zxid, change.Path.Span, WatchEventType.NodeCreated, touched);
                NoteSuffix(path);
                break;
            case EntryKind.Delete:
                Note(header.Zxid, change.Path.Span, WatchEventType.NodeDeleted, touched);
                break;
            case EntryKind.SetData:
                Note(header.Zxid, change.Path.Span, WatchEventType.NodeDataChanged, touched);
                break;
            case EntryKind.Multi or EntryKind.CloseSession:
                foreach (var item in change.Items)
                    Note(header, item, touched);
                if (change.Kind == EntryKind.CloseSession)
                    Sessions[change.SessionId].ClosedAt = header.Zxid;
                break;
            case EntryKind.FormatLevel:
                FormatLevel = change.Number;
                break;
            case EntryKind.OpenSession:
                Sessions.Add(change.SessionId, new LoggedSession(change.Number));
                Sessions[change.SessionId].Attachments.Add(header.Zxid);
                Sessions[change.SessionId].Silos.Add(change.Silo);
                break;
            case EntryKind.AttachSession:
                simulator.Tell($"log: {header.Zxid:x} attaches session {change.SessionId:x} to {change.Silo}");
                Sessions[change.SessionId].Attachments.Add(header.Zxid);
                Sessions[change.SessionId].Silos.Add(change.Silo);
                break;
        }
    }

    private string Note(long zxid, ReadOnlySpan<byte> utf8Path, WatchEventType type, HashSet<string> touched)
    {
        string path = Encoding.UTF8.GetString(utf8Path);
        touched.Add(path);
        NoteChange(path, new PathChange(zxid, type));
        if (type != WatchEventType.NodeDataChanged)
        {
            string parent = ParentOf(path);
            touched.Add(parent);
            NoteChange(parent, new PathChange(zxid, WatchEventType.NodeChildrenChanged));
        }
        return path;
    }

    private void NoteSuffix(string path)
    {
        int start = path.Length - ZnodePath.SequenceLength;
        if (start <= 0 || path[start - 1] != '-')
            return;
        long suffix = long.Parse(path.AsSpan(start), CultureInfo.InvariantCulture);
        string parent = ParentOf(path);
        simulator.Check(
            !_lastSuffixes.TryGetValue(parent, out long last) || suffix > last, () => $"the suffix of {path} does not rise");
        _lastSuffixes[parent] = suffix;
    }

    private void Keep(string path, long zxid)
    {
        if (!_versions.TryGetValue(path, out var versions))
            _versions.Add(path, versions = []);
        versions.Add(VersionOf(State, path, zxid));
    }

    // A long entry does the same to a znode hundreds of times.
    private void NoteChange(string path, PathChange change)
    {
        if (!_changes.TryGetValue(path, out var changes))
            _changes.Add(path, changes = []);
        if (changes.Count == 0 || changes[^1] != change)
            changes.Add(change);
    }

    private static CoordinationState Genesis() => CheckpointRows.Genesis(LogFormat.FirstLevel).Load();

    private static PathVersion VersionOf(CoordinationState state, string path, long zxid)
    {
        var node = state.Tree.Find(Encoding.UTF8.GetBytes(path));
        return new PathVersion(
            zxid, node is not null, node?.Stat.Version ?? -1, node?.ChildCount ?? 0, ZnodeView.DataOf(node),
            ZnodeView.ChildrenOf(node));
    }

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "/";
}
