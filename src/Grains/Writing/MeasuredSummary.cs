using System.Numerics;

namespace Coordination.Grains.Writing;

/// <summary>What ZooKeeper's summaries tell of something that is measured: count, sum, extremes and percentiles.</summary>
/// <remarks>One at a time adds; who reads meanwhile may see numbers of two moments. A percentile is exact to a quarter.</remarks>
public sealed class MeasuredSummary
{
    // Four for each power of two, and what is below four for itself.
    private const int BucketsPerPower = 4;
    private const int Buckets = BucketsPerPower * 62;

    private readonly long[] _buckets = new long[Buckets];
    private long _count;
    private long _sum;
    private long _least = long.MaxValue;
    private long _most;

    /// <summary>How many were measured.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>All of them together.</summary>
    public long Sum => Volatile.Read(ref _sum);

    /// <summary>The least; 0 where there is none.</summary>
    public long Least => Count == 0 ? 0 : Volatile.Read(ref _least);

    /// <summary>The most; 0 where there is none.</summary>
    public long Most => Volatile.Read(ref _most);

    /// <summary>The average; 0 where there is none.</summary>
    public double Average => Count is > 0 and var count ? (double)Sum / count : 0;

    /// <summary>What a share of them, from 0 to 1, is not above; 0 where there is none.</summary>
    public long Percentile(double share)
    {
        double needed = Count * share;
        long below = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            below += Volatile.Read(ref _buckets[bucket]);
            if (below > 0 && below >= needed)
                return Math.Min(Most, LastOf(bucket));
        }
        return Most;
    }

    /// <summary>Adds what was measured, not below 0.</summary>
    /// <param name="value">What was measured.</param>
    /// <param name="times">How often.</param>
    public void Add(long value, int times = 1)
    {
        _count += times;
        _sum += value * times;
        _least = Math.Min(_least, value);
        _most = Math.Max(_most, value);
        _buckets[BucketOf(value)] += times;
    }

    /// <summary>Forgets all; called as <see cref="Add"/> is.</summary>
    public void Reset()
    {
        Array.Clear(_buckets);
        (_count, _sum, _least, _most) = (0, 0, long.MaxValue, 0);
    }

    private static int BucketOf(long value)
    {
        if (value < BucketsPerPower)
            return (int)value;
        int shift = BitOperations.Log2((ulong)value) - 2;
        return (BucketsPerPower * shift) + (int)(value >> shift);
    }

    private static long LastOf(int bucket)
    {
        if (bucket < 2 * BucketsPerPower)
            return bucket;
        int shift = (bucket / BucketsPerPower) - 1;
        return (((bucket % BucketsPerPower) + BucketsPerPower + 1L) << shift) - 1;
    }
}
