using System.Globalization;
using Coordination.Client.Recipes;

namespace Coordination.Client.Contender;

/// <summary>Has a lock, or leads, again and again, and writes meanwhile.</summary>
internal sealed class Contender(CoordinationClient client, ITestLines lines, string resource)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Has it say in which session it is.</summary>
    public static void TellSessions(CoordinationClient client, ITestLines lines) => client.StateChanged += change =>
    {
        if (change.State == SessionState.Connected && client.Session is { } session)
            lines.Say($"session {session.Id} {Convert.ToHexString(session.Password.Span)}");
        else if (change.State == SessionState.Expired)
            lines.Say($"expired {change.SessionId} {change.End}");
    };

    public async Task RunAsync()
    {
        while (!lines.Over.IsCancellationRequested)
        {
            try
            {
                await (resource.StartsWith("lock", StringComparison.Ordinal) ? LockAsync() : LeadAsync());
            }
            catch (OperationCanceledException) when (lines.Over.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task LockAsync()
    {
        await using var handle = await new DistributedLock(client, $"/{resource}").AcquireAsync(lines.Over);
        await HoldAsync(handle.FencingToken, handle.Session, () => handle.IsHeld, handle.LostToken);
    }

    private async Task LeadAsync()
    {
        await using var latch = new LeaderLatch(client, $"/{resource}");
        var lead = await latch.LeadAsync(lines.Over);
        await HoldAsync(lead.FencingToken, lead.Session, () => lead.IsHeld, lead.LostToken);
    }

    private async Task HoldAsync(long token, ClientSession session, Func<bool> isHeld, CancellationToken lost)
    {
        lines.Say(string.Create(CultureInfo.InvariantCulture, $"holds {resource} {token}"));
        // Some are done at once, some hold it until it is lost, and all go on for a while even then: as one that knows of
        // nothing.
        int writes = Random.Shared.Next(6) == 0 ? 80 : Random.Shared.Next(1, 3);
        int further = Random.Shared.Next(1, 4);
        while (writes-- > 0 && !lines.Over.IsCancellationRequested)
        {
            if (lost.IsCancellationRequested && further-- == 0)
                return;
            if (!await lines.WriteAsync(resource, token))
            {
                if (isHeld())
                    lines.Say(string.Create(CultureInfo.InvariantCulture, $"sure {resource} {token} {session.Id}"));
                await ComeToKnowAsync(token, lost);
                return;
            }
            await Task.Delay(Random.Shared.Next(20), CancellationToken.None);
        }
    }

    private async Task ComeToKnowAsync(long token, CancellationToken lost)
    {
        try
        {
            await Task.Delay(s_patience, lost);
            lines.Say($"wrong {resource} {token} was refused and is not lost after {s_patience}");
        }
        catch (OperationCanceledException)
        {
            lines.Say(string.Create(CultureInfo.InvariantCulture, $"lost {resource} {token}"));
        }
    }
}
