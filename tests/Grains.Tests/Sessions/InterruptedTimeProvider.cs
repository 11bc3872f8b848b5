namespace Coordination.Grains.Tests.Sessions;

/// <summary>A clock at whose reader the machine strikes: between the reading and what is done with it, time passes.</summary>
internal sealed class InterruptedTimeProvider : TimeProvider
{
    public override long TimestampFrequency => 1000;

    public long Milliseconds { get; set; }

    /// <summary>Happens right after the next reading.</summary>
    public Action? AfterReading { get; set; }

    public override long GetTimestamp()
    {
        long read = Milliseconds;
        var after = AfterReading;
        AfterReading = null;
        after?.Invoke();
        return read;
    }
}
