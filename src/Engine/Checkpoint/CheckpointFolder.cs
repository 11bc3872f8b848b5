using System.Text;
using Coordination.Engine.Log;

namespace Coordination.Engine.Checkpoint;

/// <summary>Folds a stretch of the log into what it does to a checkpoint's rows, each row once.</summary>
/// <remarks>Needs no tree: entries carry results. It copies what it keeps, which is little where the same znodes are
/// written again and again, so that the batches can go.</remarks>
public sealed class CheckpointFolder
{
    // In the place of a silo's life: what stands there is the zxid that a silo must have seen for its batch to be taken.
    private static readonly Guid s_nobody = Guid.Empty;

    // Their rows are longer than others.
    private const int AnsweredWeight = 8;

    private readonly Dictionary<byte[], ZnodeChange> _znodes = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], ZnodeChange>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly Dictionary<long, SessionRecord?> _sessions = [];
    private readonly HashSet<long> _answered = [];
    private readonly Dictionary<string, long> _counters = [];
    private readonly Dictionary<Guid, long?> _siloBatches = [];
    private readonly CheckpointState _base;
    private CheckpointState _target;

    /// <summary>Starts at a checkpoint.</summary>
    public CheckpointFolder(CheckpointState start)
    {
        _base = _target = start;
        _byPath = _znodes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>How many rows change so far.</summary>
    public int RowCount =>
        _znodes.Count + _sessions.Count + (_answered.Count * AnsweredWeight) + _counters.Count + _siloBatches.Count;

    /// <summary>The sessions whose writes had numbers, and are to be given again. What the answers are the entries do not say:
    /// whoever has applied them knows.</summary>
    public IReadOnlyCollection<long> Answered => _answered;

    /// <summary>The last zxid that is folded in.</summary>
    public long Zxid => _target.Zxid;

    /// <summary>How many of them are new znodes, which nothing folds together and which hold their data.</summary>
    public int CreatedCount { get; private set; }

    /// <summary>Folds the next log row in.</summary>
    /// <param name="position">The row's position: one above the last.</param>
    /// <param name="checksum">The row's checksum.</param>
    /// <param name="body">The row's body.</param>
    public void Fold(long position, UInt128 checksum, ReadOnlyMemory<byte> body)
    {
        if (position != _target.Position + 1)
            throw new InvalidOperationException($"row {position} does not follow row {_target.Position}");
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry))
        {
            if (entry.Header.Zxid <= _target.Zxid)
                continue;
            if (entry.Once.IsGiven)
                _answered.Add(entry.Header.SessionId);
            Fold(entry.Header, entry.Change);
            _target = _target with { Zxid = entry.Header.Zxid };
        }
        _target = _target with { Position = position, Checksum = checksum };
    }

    /// <summary>What was folded so far.</summary>
    /// <param name="answers">Of the <see cref="Answered"/> sessions, the answers up to <see cref="Zxid"/> that they keep, there or
    /// anywhere behind it: what is missing was forgotten by an entry behind it, which a restart applies. Null for a session
    /// that is closed behind it.</param>
    /// <param name="applied">What the replica that knows them had applied; null where that is the last row folded in.</param>
    public CheckpointDelta ToDelta(IReadOnlyDictionary<long, byte[]?> answers, AppliedRow? applied) => new()
    {
        Base = _base,
        Target = _target,
        Znodes = _znodes.Values,
        Sessions = _sessions,
        Answers = answers,
        Applied = applied,
        Counters = _counters,
        SiloBatches = _siloBatches,
    };

    private void Fold(in EntryHeader header, in Change change)
    {
        switch (change.Kind)
        {
            case EntryKind.Create:
                Create(header, change);
                break;
            case EntryKind.Delete:
                Delete(change.Path, header.Zxid);
                break;
            case EntryKind.SetData:
                var node = Patch(change.Path.Span);
                node.DataSet = true;
                node.Data = DataOf(change);
                node.Version = change.Number;
                node.Mzxid = header.Zxid;
                node.Mtime = header.Time;
                break;
            case EntryKind.SetAcl:
                node = Patch(change.Path.Span);
                node.AclSet = true;
                node.Acl = change.Acl.ToArray();
                node.Aversion = change.Number;
                break;
            case EntryKind.Multi:
                foreach (var item in change.Items)
                    Fold(header, item);
                break;
            case EntryKind.OpenSession:
                _sessions[change.SessionId] = new SessionRecord(
                    change.SessionId, change.Data.ToArray(), change.Number, header.Zxid, change.Silo);
                break;
            case EntryKind.AttachSession:
                // Without its password, which stands in the row: only what an attach changes.
                var password = _sessions.GetValueOrDefault(change.SessionId)?.Password ?? default;
                _sessions[change.SessionId] = new SessionRecord(
                    change.SessionId, password, change.Number, header.Zxid, change.Silo);
                break;
            case EntryKind.CloseSession:
                foreach (var item in change.Items)
                    Delete(item.Path, header.Zxid);
                _sessions[change.SessionId] = null;
                _answered.Remove(change.SessionId);
                break;
            case EntryKind.Counter:
                _counters[Encoding.UTF8.GetString(change.Data.Span)] = change.LongNumber;
                break;
            case EntryKind.Epoch:
                _target = _target with { Epoch = change.Number };
                break;
            case EntryKind.FormatLevel:
                _target = _target with { FormatLevel = change.Number };
                break;
            case EntryKind.SiloBatch:
                _siloBatches[change.Silo] = change.LongNumber;
                break;
            case EntryKind.ForgetSilos:
                foreach (var silo in change.Silos)
                    _siloBatches[silo] = null;
                _siloBatches[s_nobody] = change.LongNumber;
                break;
            default:
                throw new InvalidOperationException($"a change of kind {change.Kind} cannot be folded");
        }
    }

    // The cast keeps null what is null: a null array alone would become the empty memory.
    private static ReadOnlyMemory<byte>? DataOf(in Change change) =>
        change.HasData ? change.Data.ToArray() : (ReadOnlyMemory<byte>?)null;

    private void Create(in EntryHeader header, in Change change)
    {
        byte[] path = change.Path.ToArray();
        // Behind a deletion in the same stretch, the row of what was deleted may stand.
        var kind = _znodes.ContainsKey(path) ? ZnodeChangeKind.Put : ZnodeChangeKind.Add;
        _znodes[path] = new ZnodeChange
        {
            Path = path,
            Kind = kind,
            DataSet = true,
            Data = DataOf(change),
            AclSet = true,
            Acl = change.Acl.ToArray(),
            PzxidSet = true,
            CreatedChildrenSet = true,
            Czxid = header.Zxid,
            Mzxid = header.Zxid,
            Pzxid = header.Zxid,
            Ctime = header.Time,
            Mtime = header.Time,
            EphemeralOwner = change.SessionId,
        };
        CreatedCount++;
        var parent = Parent(path, header.Zxid);
        parent.CreatedChildrenSet = true;
        parent.CreatedChildren = change.Number;
    }

    private void Delete(ReadOnlyMemory<byte> path, long zxid)
    {
        byte[] key = path.ToArray();
        _znodes[key] = new ZnodeChange { Path = key, Kind = ZnodeChangeKind.Delete };
        Parent(key, zxid);
    }

    private ZnodeChange Parent(ReadOnlySpan<byte> path, long zxid)
    {
        var parentPath = ZnodePath.ParentOf(path);
        var parent = Patch(parentPath.IsEmpty ? ZnodePath.Root : parentPath);
        parent.PzxidSet = true;
        parent.Pzxid = zxid;
        return parent;
    }

    private ZnodeChange Patch(ReadOnlySpan<byte> path)
    {
        if (_byPath.TryGetValue(path, out var change))
        {
            return change.Kind != ZnodeChangeKind.Delete
                ? change
                : throw new InvalidOperationException("an entry changes a znode that an earlier one deleted");
        }
        byte[] key = path.ToArray();
        change = new ZnodeChange { Path = key, Kind = ZnodeChangeKind.Patch };
        _znodes.Add(key, change);
        return change;
    }
}
