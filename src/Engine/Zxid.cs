namespace Coordination.Engine;

/// <summary>The number of an entry: an epoch in the high 32 bits, a counter in the low 32.</summary>
public static class Zxid
{
    /// <summary>The zxid that opens an epoch.</summary>
    public static long FirstOf(int epoch) => (long)epoch << 32;

    /// <summary>The epoch that a zxid belongs to.</summary>
    public static int EpochOf(long zxid) => (int)(zxid >> 32);

    /// <summary>Whether a zxid is the last that its epoch has room for.</summary>
    public static bool IsLastOfEpoch(long zxid) => (uint)zxid == uint.MaxValue;
}
