using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>Notices between the writers of one test.</summary>
internal sealed class NoticesOfTest : ILogNotices
{
    public long LastAnnounced { get; private set; }

    public void Announce(long position) => LastAnnounced = position;

    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => Task.Delay(longest, cancellationToken);
}
