using Coordination.Engine.Quotas;

namespace Coordination.Engine.Validation;

/// <summary>The quotas, and what there is under them, as they will be once every validated entry is applied.</summary>
/// <remarks>Costs two comparisons where there is no quota. Holds only what differs from the applied state.</remarks>
internal sealed class InFlightQuotas
{
    private readonly CoordinationState _state;
    private readonly InFlightChanges _changes;
    private readonly Dictionary<byte[], PendingQuota> _quotas = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], PendingQuota>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly List<(byte[] Path, PendingQuota? Before)> _undo = [];
    private readonly QuotaSettings _settings;
    private readonly List<byte[]> _measured = [];
    private readonly Queue<QuotaUsage> _usages = new();
    private bool _recordsUndo;

    public InFlightQuotas(CoordinationState state, InFlightChanges changes, QuotaSettings settings)
    {
        _settings = settings;
        _state = state;
        _changes = changes;
        _byPath = _quotas.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Whether a change of a znode can be one of a quota, or of what is under one.</summary>
    public bool IsConcernedWith(ReadOnlySpan<byte> path) =>
        _settings.AreEnforced && (_quotas.Count > 0 || _state.Quotas.IsConcernedWith(path));

    /// <summary>Whether all quotas over a znode allow a change.</summary>
    /// <param name="path">The znode.</param>
    /// <param name="count">How many znodes more there would be.</param>
    /// <param name="bytes">How many bytes of data more there would be.</param>
    /// <remarks>As in ZooKeeper: a change of neither is allowed, and one that shrinks what is too much is not.</remarks>
    public bool Allows(ReadOnlySpan<byte> path, long count, long bytes)
    {
        for (; path.Length > 1; path = ZnodePath.ParentOf(path))
        {
            if (!TryGet(path, out var quota))
                continue;
            if ((count != 0 && !Allows(path, quota.Limits.CountLimit, quota.Count + count))
                || (bytes != 0 && !Allows(path, quota.Limits.BytesLimit, quota.Bytes + bytes)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Takes note that a znode will be created.</summary>
    public void Create(ReadOnlySpan<byte> path, ReadOnlySpan<byte> data, long zxid)
    {
        Add(path, 1, data.Length, zxid);
        if (QuotaPath.TryFromLimits(path, out var limited))
            SetLimits(limited, data, zxid);
    }

    /// <summary>Takes note that a znode's data will be set.</summary>
    public void SetData(ReadOnlySpan<byte> path, int lengthBefore, ReadOnlySpan<byte> data, long zxid)
    {
        Add(path, 0, data.Length - lengthBefore, zxid);
        if (QuotaPath.TryFromLimits(path, out var limited))
            SetLimits(limited, data, zxid);
    }

    /// <summary>Takes note that a znode will be deleted.</summary>
    public void Delete(ReadOnlySpan<byte> path, int length, long zxid)
    {
        Add(path, -1, -length, zxid);
        if (QuotaPath.TryFromLimits(path, out var limited) && TryGet(limited, out _))
            Set(limited, default(PendingQuota) with { Zxid = zxid });
    }

    /// <summary>From here on, changes can be taken back.</summary>
    public void BeginUndo() => _recordsUndo = true;

    /// <summary>Keeps what changed since <see cref="BeginUndo"/>.</summary>
    public void Keep()
    {
        _recordsUndo = false;
        _undo.Clear();
    }

    /// <summary>Takes back what changed since <see cref="BeginUndo"/>.</summary>
    public void Undo()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            if (_undo[i].Before is { } before)
                _quotas[_undo[i].Path] = before;
            else
                _quotas.Remove(_undo[i].Path);
        }
        Keep();
    }

    /// <summary>Remembers how much there will be, once a valid entry is applied, under the quotas that it sets: what was walked
    /// through for it need not be again.</summary>
    public void RememberMeasured(long zxid)
    {
        foreach (byte[] path in _measured)
        {
            if (TryGet(path, out var quota))
                _usages.Enqueue(new QuotaUsage(zxid, path, quota.Count, quota.Bytes));
        }
        _measured.Clear();
    }

    /// <summary>Forgets what was measured for an entry that is none.</summary>
    public void ForgetMeasured() => _measured.Clear();

    /// <summary>What there will be under the quotas that an entry sets, which is applied as it was validated.</summary>
    public IEnumerable<QuotaUsage> UsagesOf(long zxid) => _usages.Where(usage => usage.Zxid == zxid);

    /// <summary>Lets go of what the applied state has by now.</summary>
    public void Applied(long zxid)
    {
        while (_usages.TryPeek(out var oldest) && oldest.Zxid <= zxid)
            _usages.Dequeue();
        foreach (var (path, quota) in _quotas)
        {
            if (quota.Zxid <= zxid)
                _quotas.Remove(path);
        }
    }

    /// <summary>Forgets everything: what was in flight will not be.</summary>
    public void Clear()
    {
        Keep();
        _quotas.Clear();
        _measured.Clear();
        _usages.Clear();
    }

    private bool Allows(ReadOnlySpan<byte> path, QuotaLimit limit, long usage)
    {
        if (limit.Most < 0 || usage <= limit.Most)
            return true;
        _settings.Listener?.LimitExceeded(path, limit.Kind, usage, limit.Most);
        return !limit.IsHard;
    }

    private void Add(ReadOnlySpan<byte> path, long count, long bytes, long zxid)
    {
        if (count == 0 && bytes == 0)
            return;
        for (; path.Length > 1; path = ZnodePath.ParentOf(path))
        {
            if (TryGet(path, out var quota))
                Set(path, quota with { Count = quota.Count + count, Bytes = quota.Bytes + bytes, Zxid = zxid });
        }
    }

    private void SetLimits(ReadOnlySpan<byte> limited, ReadOnlySpan<byte> data, long zxid)
    {
        if (!TryGet(limited, out var quota))
        {
            var (count, bytes) = Measure(limited);
            quota = new PendingQuota(true, default, count, bytes, zxid);
            _measured.Add(limited.ToArray());
        }
        Set(limited, quota with { Limits = QuotaLimits.Parse(data), Zxid = zxid });
    }

    // What is applied, and what is in flight besides.
    private (long Count, long Bytes) Measure(ReadOnlySpan<byte> limited)
    {
        var (count, bytes) = QuotaTable.Measure(_state.Tree, limited, _changes.IsGoing);
        foreach (var (path, znode) in _changes.Znodes)
        {
            if (!path.AsSpan().StartsWith(limited) || (path.Length > limited.Length && path[limited.Length] != '/'))
                continue;
            if (_state.Tree.Find(path) is { } applied && !_changes.IsGoing(applied))
            {
                count--;
                bytes -= applied.Data.Length;
            }
            if (znode.Exists)
            {
                count++;
                bytes += znode.DataLength;
            }
        }
        return (count, bytes);
    }

    private bool TryGet(ReadOnlySpan<byte> path, out PendingQuota quota)
    {
        if (_byPath.TryGetValue(path, out quota))
            return quota.Exists;
        if (_state.Quotas.Find(path) is not { } applied)
            return false;
        quota = new PendingQuota(true, applied.Limits, applied.Count, applied.Bytes, 0);
        return true;
    }

    private void Set(ReadOnlySpan<byte> path, in PendingQuota quota)
    {
        if (_recordsUndo)
        {
            bool isThere = _byPath.TryGetValue(path, out byte[]? key, out var before);
            // What an entry has changed once, it need not note again.
            if (!isThere || before.Zxid != quota.Zxid)
                _undo.Add((key ?? path.ToArray(), isThere ? before : null));
        }
        _byPath[path] = quota;
    }
}
