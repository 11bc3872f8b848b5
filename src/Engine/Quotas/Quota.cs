using Coordination.Engine.Tree;

namespace Coordination.Engine.Quotas;

/// <summary>A quota as applied entries have left it, and what there is under its path.</summary>
internal sealed class Quota(QuotaLimits limits)
{
    private byte[]? _writtenStats;

    public QuotaLimits Limits { get; set; } = limits;

    /// <summary>How many znodes there are, that at the path itself included.</summary>
    public long Count { get; private set; }

    /// <summary>How many bytes of data they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Where the usage is shown; null while there is no such znode.</summary>
    public Znode? Stats { get; private set; }

    public void Add(ZnodeTree tree, long count, long bytes)
    {
        Count += count;
        Bytes += bytes;
        Show(tree);
    }

    /// <summary>Takes up a usage that was counted.</summary>
    public void Take(ZnodeTree tree, long count, long bytes)
    {
        Count = count;
        Bytes = bytes;
        Show(tree);
    }

    /// <summary>Shows the usage in a znode from now on, whatever was written there.</summary>
    public void ShowIn(ZnodeTree tree, Znode stats)
    {
        Stats = stats;
        _writtenStats = stats.HasData ? stats.Data.ToArray() : null;
        Show(tree);
    }

    /// <summary>Forgets the znode that the usage is shown in: it is deleted.</summary>
    public void HideUsage() => Stats = null;

    /// <summary>Leaves the znode as it was written: as a state has it that was loaded after the quota's end.</summary>
    public void End(ZnodeTree tree)
    {
        if (Stats is not null)
            tree.ShowData(Stats, _writtenStats, _writtenStats is not null);
    }

    // As in ZooKeeper, no entry tells of it: neither the version changes, nor does a watch fire.
    private void Show(ZnodeTree tree)
    {
        if (Stats is null)
            return;
        Span<byte> text = stackalloc byte[64];
        System.Text.Unicode.Utf8.TryWrite(text, $"count={Count},bytes={Bytes}", out int length);
        tree.ShowData(Stats, text[..length], hasData: true);
    }
}
