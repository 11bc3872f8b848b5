using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Results;

/// <summary>What became of the runs. Each write brings the fencing token of the lock that it was done under, and one with an
/// older token than the job has seen is refused, whatever its writer believes.</summary>
internal sealed class ResultStore
{
    private readonly string _path;
    private readonly string _node;
    private readonly TimeProvider _time;

    public ResultStore(IOptions<SchedulerOptions> options, TimeProvider time)
    {
        _path = FileIn(options.Value.Folder);
        _node = options.Value.Node;
        _time = time;
        ResultDatabase.Create(_path);
    }

    /// <summary>The database's file in a scheduler's folder.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "results.db");

    /// <summary>Asks to work on a run. From then on, whoever had the job's lock before is refused.</summary>
    public Task<RunPermission> BeginAsync(ScheduledRun run, long token, CancellationToken cancellationToken) => InTransactionAsync(
        transaction =>
        {
            if (!transaction.Passes(run, token, "begin"))
                return RunPermission.Refused;
            transaction.Execute(
                "insert into fence values (@job, @token) on conflict (job) do update set token = @token",
                ("@job", run.Job), ("@token", token));
            int begun = transaction.Execute(
                """
                insert into run (job, tick, state, token, node, attempts, started_at)
                values (@job, @tick, 'running', @token, @node, 1, @now)
                on conflict (job, tick) do update
                set state = 'running', token = @token, node = @node, attempts = attempts + 1, started_at = @now, done = 0
                where state not in ('completed', 'failed')
                """,
                ("@job", run.Job), ("@tick", run.Tick), ("@token", token));
            if (begun == 0)
                return RunPermission.Finished;
            transaction.Execute(
                "insert into attempt (token, job, tick, node, started_at) values (@token, @job, @tick, @node, @now)",
                ("@token", token), ("@job", run.Job), ("@tick", run.Tick));
            return RunPermission.Granted;
        },
        cancellationToken);

    /// <summary>Says how far an attempt is.</summary>
    /// <returns>False where it was refused.</returns>
    public Task<bool> ReportAsync(
        ScheduledRun run, long token, RunProgress progress, CancellationToken cancellationToken) => InTransactionAsync(
        transaction => transaction.Passes(run, token, "report") && Report(transaction, run, token, progress),
        cancellationToken);

    /// <summary>Says how an attempt ended, with its result where it is completed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="token">The token of the job's lock.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="progress">How far it came.</param>
    /// <param name="maxFailures">At how many failures the run is given up.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The run's state from now on; null where the write was refused.</returns>
    public Task<string?> EndAsync(
        ScheduledRun run, long token, AttemptOutcome outcome, RunProgress progress, int maxFailures,
        CancellationToken cancellationToken) => InTransactionAsync(
        transaction =>
        {
            if (!transaction.Passes(run, token, NameOf(outcome)))
            {
                EndAttempt(transaction, run, token, "refused");
                return null;
            }
            Report(transaction, run, token, progress);
            string state = StateAfter(transaction, run, outcome, maxFailures);
            transaction.Execute(
                """
                update run set state = @state, finished_at = @now, failures = failures + @failures
                where job = @job and tick = @tick and token = @token and state = 'running'
                """,
                ("@state", state), ("@job", run.Job), ("@tick", run.Tick), ("@token", token),
                ("@failures", outcome == AttemptOutcome.TimedOut ? 1 : 0));
            EndAttempt(transaction, run, token, NameOf(outcome));
            return state;
        },
        cancellationToken);

    /// <summary>Removes runs that finished before a time, and notes with that, in one transaction, that the run which cleans
    /// is done.</summary>
    /// <returns>How many were removed; null where the write was refused.</returns>
    public Task<int?> CleanAsync(
        ScheduledRun run, long token, DateTimeOffset before, CancellationToken cancellationToken) => InTransactionAsync<int?>(
        transaction =>
        {
            if (!transaction.Passes(run, token, "clean"))
            {
                EndAttempt(transaction, run, token, "refused");
                return null;
            }
            long until = before.ToUnixTimeMilliseconds();
            int removed = transaction.Execute(
                "delete from run where state in ('completed', 'failed') and finished_at < @until", ("@until", until));
            transaction.Execute(
                """
                delete from attempt where started_at < @until
                and not exists (select 1 from run where run.job = attempt.job and run.tick = attempt.tick)
                """,
                ("@until", until));
            transaction.Execute("delete from refusal where at < @until", ("@until", until));
            transaction.Execute("delete from term where began_at < @until", ("@until", until));
            transaction.Execute(
                """
                update run set state = 'completed', finished_at = @now, done = 1, total = 1
                where job = @job and tick = @tick and token = @token
                """,
                ("@job", run.Job), ("@tick", run.Tick), ("@token", token));
            EndAttempt(transaction, run, token, NameOf(AttemptOutcome.Completed));
            return removed;
        },
        cancellationToken);

    /// <summary>Notes that this node leads.</summary>
    public Task BeginTermAsync(long token, CancellationToken cancellationToken) => InTransactionAsync(
        transaction => transaction.Execute("insert or ignore into term values (@token, @node, @now)", ("@token", token)),
        cancellationToken);

    private static string NameOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Completed => "completed",
        AttemptOutcome.TimedOut => "timed out",
        _ => "abandoned",
    };

    private static string StateAfter(ResultTransaction transaction, ScheduledRun run, AttemptOutcome outcome, int maxFailures)
    {
        if (outcome == AttemptOutcome.Completed)
            return "completed";
        long failures = transaction.Read<long>(
            "select failures from run where job = @job and tick = @tick", ("@job", run.Job), ("@tick", run.Tick));
        return outcome == AttemptOutcome.TimedOut && failures + 1 >= maxFailures ? "failed" : "waiting";
    }

    private static bool Report(ResultTransaction transaction, ScheduledRun run, long token, RunProgress progress) =>
        transaction.Execute(
            """
            update run set done = @done, total = @total, peak_parallel = @parallel, peak_megabytes = @megabytes
            where job = @job and tick = @tick and token = @token and state = 'running'
            """,
            ("@done", progress.Done), ("@total", progress.Total), ("@parallel", progress.PeakParallel),
            ("@megabytes", progress.PeakMegabytes), ("@job", run.Job), ("@tick", run.Tick), ("@token", token)) == 1;

    private static void EndAttempt(ResultTransaction transaction, ScheduledRun run, long token, string outcome) =>
        transaction.Execute(
            "update attempt set ended_at = @now, outcome = @outcome where token = @token and job = @job and tick = @tick",
            ("@outcome", outcome), ("@token", token), ("@job", run.Job), ("@tick", run.Tick));

    // SQLite's calls block, for as long as another process writes.
    private Task<T> InTransactionAsync<T>(Func<ResultTransaction, T> work, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                using var connection = ResultDatabase.Open(_path);
                using var transaction = connection.BeginTransaction();
                var result = work(new ResultTransaction(transaction, _node, _time.GetUtcNow().ToUnixTimeMilliseconds()));
                transaction.Commit();
                return result;
            }
            catch (SqliteException exception)
            {
                throw new ResultsUnavailableException(exception);
            }
        },
        cancellationToken);
}
