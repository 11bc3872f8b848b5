using Coordination.Engine.Tree;

namespace Coordination.Engine.Quotas;

/// <summary>The quotas of the applied state, with what there is under each: kept up by every entry, and found again
/// by a walk when a quota is set and when a checkpoint is loaded.</summary>
/// <remarks>A quota over quotas counts what is under them too, and all of them hold. Not thread-safe: the replica's lock
/// guards it.</remarks>
internal sealed class QuotaTable
{
    private readonly Dictionary<byte[], Quota> _quotas = new(ByteSequenceComparer.Instance);
    private readonly Dictionary<byte[], Quota>.AlternateLookup<ReadOnlySpan<byte>> _byPath;
    private readonly ZnodeTree _tree;
    private readonly List<NewQuota> _new = [];
    private readonly List<QuotaUsage> _expected = [];

    public QuotaTable(ZnodeTree tree)
    {
        _tree = tree;
        _byPath = _quotas.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _quotas.Count;

    /// <summary>Whether a quota was set whose usage is not known yet.</summary>
    public bool HasNew => _new.Count > 0;

    /// <summary>The quota of a path itself; null where it has none.</summary>
    public Quota? Find(ReadOnlySpan<byte> path) => _byPath.TryGetValue(path, out var quota) ? quota : null;

    /// <summary>Whether a change of a znode can be one of a quota, or of what is under one.</summary>
    public bool IsConcernedWith(ReadOnlySpan<byte> path) => _quotas.Count > 0 || QuotaPath.IsOfQuotas(path);

    /// <summary>Finds the quotas in a tree that was loaded.</summary>
    public void Load()
    {
        if (_tree.Find(QuotaPath.Root) is not { } root)
            return;
        for (var walk = new ZnodeWalk(root); walk.MoveNext();)
        {
            if (QuotaPath.LimitsName.EndsWith(walk.Current.Name)
                && QuotaPath.TryFromLimits(walk.Current.GetPath(), out var limited))
            {
                Set(limited, walk.Current);
            }
        }
        ShowNew();
    }

    /// <summary>Counts what is under the quotas that were set. Nothing shows it yet: readers may look at the state.</summary>
    public void CountNew()
    {
        for (int i = 0; i < _new.Count; i++)
        {
            if (_new[i].Usage is null)
                _new[i] = _new[i] with { Usage = ExpectedAt(_new[i].Path) ?? Measure(_tree, _new[i].Path) };
        }
    }

    /// <summary>Is told what there will be under a quota that is set by the entry that is being applied.</summary>
    public void Expect(in QuotaUsage usage) => _expected.Add(usage);

    /// <summary>Forgets what it was told: the entry is applied.</summary>
    public void ForgetExpected() => _expected.Clear();

    /// <summary>Takes up what was counted; counts what was not.</summary>
    public void ShowNew()
    {
        CountNew();
        foreach (var (path, quota, usage) in _new)
        {
            // The entry that has set it may have gone on to delete it.
            if (Find(path) != quota)
                continue;
            quota.Take(_tree, usage!.Value.Count, usage.Value.Bytes);
            if (quota.Stats is null && _tree.Find([.. QuotaPath.Root, .. path, .. QuotaPath.StatsName]) is { } stats)
                quota.ShowIn(_tree, stats);
        }
        _new.Clear();
    }

    public void Created(ReadOnlySpan<byte> path, Znode node)
    {
        Add(path, 1, node.Data.Length);
        if (QuotaPath.TryFromLimits(path, out var limited))
            Set(limited, node);
        else if (QuotaPath.TryFromStats(path, out limited))
            Find(limited)?.ShowIn(_tree, node);
    }

    public void DataSet(ReadOnlySpan<byte> path, Znode node, int lengthBefore)
    {
        if (QuotaPath.TryFromLimits(path, out var limited))
            Set(limited, node);
        else if (QuotaPath.TryFromStats(path, out limited))
            Find(limited)?.ShowIn(_tree, node);
        else if (node.Data.Length != lengthBefore)
            Add(path, 0, node.Data.Length - lengthBefore);
    }

    public void Deleted(ReadOnlySpan<byte> path, Znode node)
    {
        Add(path, -1, -node.Data.Length);
        if (QuotaPath.TryFromLimits(path, out var limited))
        {
            Find(limited)?.End(_tree);
            _byPath.Remove(limited);
        }
        else if (QuotaPath.TryFromStats(path, out limited))
        {
            Find(limited)?.HideUsage();
        }
    }

    /// <summary>What there is under a path, by a walk that takes as long as there is much.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="path">The path.</param>
    /// <param name="isGoing">Which ephemerals are left out; null for none.</param>
    public static (long Count, long Bytes) Measure(ZnodeTree tree, ReadOnlySpan<byte> path, Func<Znode, bool>? isGoing = null)
    {
        long count = 0, bytes = 0;
        if (tree.Find(path) is { } top)
        {
            for (var walk = new ZnodeWalk(top); walk.MoveNext();)
            {
                if (isGoing is not null && walk.Current.Owner != 0 && isGoing(walk.Current))
                    continue;
                count++;
                bytes += walk.Current.Data.Length;
            }
        }
        return (count, bytes);
    }

    private (long Count, long Bytes)? ExpectedAt(byte[] path)
    {
        foreach (var usage in _expected)
        {
            if (usage.Path.AsSpan().SequenceEqual(path))
                return (usage.Count, usage.Bytes);
        }
        return null;
    }

    private void Set(ReadOnlySpan<byte> limited, Znode node)
    {
        var limits = QuotaLimits.Parse(node.Data);
        if (Find(limited) is { } quota)
        {
            quota.Limits = limits;
            return;
        }
        _byPath[limited] = quota = new Quota(limits);
        _new.Add(new NewQuota(limited.ToArray(), quota, null));
    }

    private void Add(ReadOnlySpan<byte> path, long count, long bytes)
    {
        for (; path.Length > 1; path = ZnodePath.ParentOf(path))
            Find(path)?.Add(_tree, count, bytes);
    }

    private readonly record struct NewQuota(byte[] Path, Quota Quota, (long Count, long Bytes)? Usage);
}
