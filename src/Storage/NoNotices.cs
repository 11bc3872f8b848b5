namespace Coordination.Storage;

/// <summary>The notices of a log that nobody shares: there is nobody to wake.</summary>
internal sealed class NoNotices : ILogNotices
{
    public static NoNotices Instance { get; } = new();

    /// <inheritdoc/>
    public void Announce(long zxid)
    {
    }

    /// <inheritdoc/>
    public async Task<long> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        await Task.Delay(longest, cancellationToken);
        return 0;
    }
}
