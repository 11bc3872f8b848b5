using System.Text.Json;
using Coordination.Client;
using Coordination.Client.Recipes;
using Coordination.Scheduler.Coordinating;

namespace Coordination.Scheduler.Triggering;

/// <summary>How far each job's schedule was carried out, which only those move on who hold what gives the right to.</summary>
internal sealed class TickLedger(ICoordinationClient client, TimeProvider time)
{
    // A transaction is one request, which has an end.
    private const int MostAtATime = 200;

    private readonly DistributedQueue _queue = new(client, SchedulerPaths.Queue, SchedulerPaths.Claims);

    /// <summary>The ticks that are due, the first ones if there are many; a job that nobody knew before begins now.</summary>
    public async Task<DueTicks> GetDueAsync(string job, string cron, CancellationToken cancellationToken)
    {
        var configuration = new VersionedConfiguration<TickCursor>(
            client, SchedulerPaths.Cursor(job), SchedulerJson.Default.TickCursor);
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (cursor, version) = await configuration.GetAsync(cancellationToken);
        if (cursor is null)
        {
            await configuration.UpdateAsync(old => old ?? new TickCursor(now, now), cancellationToken);
            (cursor, version) = await configuration.GetAsync(cancellationToken);
        }
        return new DueTicks(job, cursor!, version, [.. CronTicks.Between(cron, cursor!.Last, now).Take(MostAtATime)]);
    }

    /// <summary>Makes runs of all ticks that are due: each once, whoever is killed meanwhile.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cron">Its schedule.</param>
    /// <param name="lead">What gives the right to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many runs were made.</returns>
    /// <exception cref="OperationCanceledException">The lead is lost.</exception>
    public async Task<int> EnqueueDueAsync(string job, string cron, Leadership lead, CancellationToken cancellationToken)
    {
        int made = 0;
        while (true)
        {
            var due = await GetDueAsync(job, cron, cancellationToken);
            if (due.Ticks.Count == 0)
                return made;
            try
            {
                await _queue.PutAllAsync(
                    due.Ticks.Select(tick => new ScheduledRun(job, tick).ToElement()),
                    MoveOn(due, due.Ticks[^1], lead.Path), cancellationToken);
                made += due.Ticks.Count;
            }
            catch (TransactionFailedException failure)
            {
                ThrowUnlessMovedOn(failure, lead.LostToken);
            }
            catch (ConnectionLossException) when (lead.IsHeld)
            {
                // Whether it was done shows in the cursor, which is read again.
            }
        }
    }

    /// <summary>Notes that a tick was carried out.</summary>
    /// <param name="due">The ticks that were due.</param>
    /// <param name="tick">The one of them.</param>
    /// <param name="held">The lock that gives the right to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The lock is lost.</exception>
    public async Task MoveOnAsync(DueTicks due, long tick, LockHandle held, CancellationToken cancellationToken)
    {
        try
        {
            await MoveOn(due, tick, held.Path).CommitAsync(cancellationToken);
        }
        catch (TransactionFailedException failure)
        {
            ThrowUnlessMovedOn(failure, held.LostToken);
        }
    }

    private Transaction MoveOn(DueTicks due, long tick, string holdPath) => client.BeginTransaction()
        .Check(holdPath)
        .SetData(
            SchedulerPaths.Cursor(due.Job),
            JsonSerializer.SerializeToUtf8Bytes(due.Cursor with { Last = tick }, SchedulerJson.Default.TickCursor), due.Version);

    // Moved on it has by an earlier try of ours, whose answer was lost.
    private static void ThrowUnlessMovedOn(TransactionFailedException failure, CancellationToken lost)
    {
        if (failure.Reason is BadVersionException)
            return;
        throw new OperationCanceledException("what gave the right to is lost", failure, lost);
    }
}
