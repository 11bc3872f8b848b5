using System.Buffers.Text;

namespace Coordination.Engine.Quotas;

/// <summary>What a quota allows; -1 for no limit. Soft limits are told of, hard ones refuse.</summary>
/// <param name="Count">The soft limit of znodes, the quota's own included.</param>
/// <param name="Bytes">The soft limit of bytes of data.</param>
/// <param name="HardCount">The hard limit of znodes.</param>
/// <param name="HardBytes">The hard limit of bytes of data.</param>
internal readonly record struct QuotaLimits(long Count, long Bytes, long HardCount, long HardBytes)
{
    public static QuotaLimits None { get; } = new(-1, -1, -1, -1);

    /// <summary>The limit that counts znodes: the hard one where there is one, as in ZooKeeper.</summary>
    public QuotaLimit CountLimit =>
        HardCount > -1 ? new(QuotaLimitKind.HardCount, HardCount) : new(QuotaLimitKind.SoftCount, Count);

    /// <summary>The limit that adds up bytes: the hard one where there is one.</summary>
    public QuotaLimit BytesLimit =>
        HardBytes > -1 ? new(QuotaLimitKind.HardBytes, HardBytes) : new(QuotaLimitKind.SoftBytes, Bytes);

    /// <summary>Reads ZooKeeper's text, <c>count=N,bytes=M=;byteHardLimit=M;countHardLimit=N</c>, in any order.</summary>
    /// <remarks>A text that is none limits nothing: it was written by someone who set no quota.</remarks>
    public static QuotaLimits Parse(ReadOnlySpan<byte> text)
    {
        var limits = None;
        foreach (var range in text.SplitAny((byte)',', (byte)';'))
        {
            var pair = text[range];
            if (pair.IsEmpty)
                continue;
            int equals = pair.IndexOf((byte)'=');
            if (equals < 0)
                return None;
            var number = pair[(equals + 1)..].TrimEnd((byte)'=');
            long limit = -1;
            if (!number.IsEmpty && (!Utf8Parser.TryParse(number, out limit, out int read) || read != number.Length))
                return None;
            limits = limits.With(pair[..equals], limit);
        }
        return limits;
    }

    private QuotaLimits With(ReadOnlySpan<byte> name, long limit)
    {
        if (name.SequenceEqual("count"u8))
            return this with { Count = limit };
        if (name.SequenceEqual("bytes"u8))
            return this with { Bytes = limit };
        if (name.SequenceEqual("countHardLimit"u8))
            return this with { HardCount = limit };
        return name.SequenceEqual("byteHardLimit"u8) ? this with { HardBytes = limit } : this;
    }
}
