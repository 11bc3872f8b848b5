namespace Coordination.Storage;

/// <summary>The notices of a log that nobody shares: there is nobody to wake.</summary>
internal sealed class NoNotices : ILogNotices
{
    public static NoNotices Instance { get; } = new();

    /// <inheritdoc/>
    public void Announce(long position)
    {
    }

    /// <inheritdoc/>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => Task.Delay(longest, cancellationToken);
}
