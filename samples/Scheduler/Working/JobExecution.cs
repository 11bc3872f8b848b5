using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Results;

namespace Coordination.Scheduler.Working;

/// <summary>Does a job's work once: its batches, as many at a time as the quota lets in.</summary>
/// <remarks>A batch has its memory, and waits as one does that reads from elsewhere. Where a real scheduler starts Flink or
/// Spark, this is what there is to do.</remarks>
internal sealed class JobExecution(JobOptions job, QuotaGate gate, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _done;
    private int _working;
    private int _peak;

    /// <summary>How far it is.</summary>
    public RunProgress Progress
    {
        get
        {
            lock (_lock)
                return new RunProgress(_done, job.Batches, _peak, _peak * job.BatchMegabytes);
        }
    }

    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batches = new List<Task>(job.Batches);
        try
        {
            for (int i = 0; i < job.Batches; i++)
            {
                await gate.EnterAsync(job.BatchMegabytes, cancellationToken);
                batches.Add(RunBatchAsync(cancellationToken));
            }
        }
        finally
        {
            await Task.WhenAll(batches);
        }
    }

    private async Task RunBatchAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            _peak = Math.Max(_peak, ++_working);
        try
        {
            byte[] memory = GC.AllocateUninitializedArray<byte>(job.BatchMegabytes * 1024 * 1024);
            await Task.Delay(TimeSpan.FromSeconds(job.BatchSeconds), time, cancellationToken);
            GC.KeepAlive(memory);
            lock (_lock)
                _done++;
        }
        finally
        {
            lock (_lock)
                _working--;
            gate.Exit(job.BatchMegabytes);
        }
    }
}
