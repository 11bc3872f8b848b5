using Coordination.Storage;

namespace Coordination.Grains.Tests.Logs;

/// <summary>Notices between the writers of one test.</summary>
internal sealed class NoticesOfTest : ILogNotices
{
    public long LastAnnounced { get; private set; }

    public void Announce(long zxid) => LastAnnounced = zxid;

    public async Task<long> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        await Task.Delay(longest, cancellationToken);
        return 0;
    }
}
