namespace Coordination.Engine.Quotas;

/// <summary>Where quotas are kept: that of <c>/a</c> in <c>/zookeeper/quota/a/zookeeper_limits</c>, and what there is
/// under <c>/a</c> in <c>zookeeper_stats</c> beside it.</summary>
internal static class QuotaPath
{
    public static ReadOnlySpan<byte> Root => "/zookeeper/quota"u8;

    public static ReadOnlySpan<byte> LimitsName => "/zookeeper_limits"u8;

    public static ReadOnlySpan<byte> StatsName => "/zookeeper_stats"u8;

    /// <summary>Whether a path is one below which quotas are kept.</summary>
    public static bool IsOfQuotas(ReadOnlySpan<byte> path) => path.Length > Root.Length && path.StartsWith(Root);

    /// <summary>The path that a quota's limits are for.</summary>
    /// <returns>False where the znode holds no limits that count.</returns>
    public static bool TryFromLimits(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> limited) =>
        TryFrom(path, LimitsName, out limited);

    /// <summary>The path that a quota's usage is of.</summary>
    public static bool TryFromStats(ReadOnlySpan<byte> path, out ReadOnlySpan<byte> limited) =>
        TryFrom(path, StatsName, out limited);

    // None for the root, as in ZooKeeper, and none for ZooKeeper's own znodes, the quotas' among them.
    private static bool TryFrom(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> limited)
    {
        limited = default;
        if (!path.StartsWith(Root) || !path.EndsWith(name) || path.Length <= Root.Length + name.Length)
            return false;
        limited = path[Root.Length..^name.Length];
        return limited[0] == '/' && !limited.SequenceEqual("/zookeeper"u8) && !limited.StartsWith("/zookeeper/"u8);
    }
}
