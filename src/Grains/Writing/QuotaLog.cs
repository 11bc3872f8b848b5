using System.Text;
using Coordination.Engine.Quotas;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Writing;

/// <summary>Tells the operator of writes that go over a quota: one a second, with how many it did not tell of.</summary>
/// <remarks>Called while writes are validated, one at a time.</remarks>
public sealed partial class QuotaLog(TimeProvider time, ILogger<QuotaLog> logger) : IQuotaListener
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private long? _lastTold;
    private long _untold;

    /// <inheritdoc/>
    public void LimitExceeded(ReadOnlySpan<byte> path, QuotaLimitKind kind, long usage, long limit)
    {
        if (_lastTold is { } last && time.GetElapsedTime(last) < _interval)
        {
            _untold++;
            return;
        }
        _lastTold = time.GetTimestamp();
        LogExceeded(Encoding.UTF8.GetString(path), NameOf(kind), limit, usage, _untold);
        _untold = 0;
    }

    private static string NameOf(QuotaLimitKind kind) => kind switch
    {
        QuotaLimitKind.SoftCount => "soft limit of znodes",
        QuotaLimitKind.HardCount => "hard limit of znodes",
        QuotaLimitKind.SoftBytes => "soft limit of bytes",
        _ => "hard limit of bytes",
    };

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Quota exceeded: {Path} has a {Kind} of {Limit}, a write makes it {Usage} ({Untold} more before, untold)")]
    private partial void LogExceeded(string path, string kind, long limit, long usage, long untold);
}
