using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Writing;

/// <summary>Has the log forget the lives of silos that hand no batches over any more: where this silo leads.</summary>
/// <remarks>It need not know whether they are dead. What is forgotten goes with the zxid that was reached when it was first
/// seen; who made a batch before he had seen that has it refused, and who lives has seen more.</remarks>
public sealed partial class SiloForgetter(
    Ensemble ensemble, Replica replica, SiloWriter writer, ForgettingPace pace, TimeProvider time,
    ILogger<SiloForgetter> logger)
{
    private const int MostAtOnce = 1000;

    private readonly Dictionary<Guid, Observation> _observed = [];

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(pace.Interval, time, cancellationToken);
                await LookAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks once.</summary>
    /// <returns>How many were forgotten.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        Observe(out int level);
        if (!ensemble.IsLeader || level < LogFormat.ForgettingLevel)
            return 0;
        var silent = _observed.Where(silo => time.GetElapsedTime(silo.Value.Since) >= pace.Patience).Take(MostAtOnce).ToList();
        if (silent.Count == 0)
            return 0;
        var forget = new ForgetSilosOperation(
            silent.ConvertAll(silo => KeyValuePair.Create(silo.Key, silo.Value.Number)), silent.Max(silo => silo.Value.Seen));
        var reply = await writer.WriteAsync(Caller.Service, forget, cancellationToken);
        if (reply.Error != ErrorCode.Ok)
            return 0;
        LogForgotten(silent.Count);
        return silent.Count;
    }

    private void Observe(out int level)
    {
        var gone = _observed.Keys.ToHashSet();
        using (replica.Lock.EnterRead())
        {
            level = replica.State.FormatLevel;
            foreach (var (silo, number) in replica.State.SiloBatches)
            {
                gone.Remove(silo);
                if (!_observed.TryGetValue(silo, out var before) || before.Number != number)
                    _observed[silo] = new Observation(number, replica.State.LastZxid, time.GetTimestamp());
            }
        }
        foreach (var silo in gone)
            _observed.Remove(silo);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} silos are forgotten that hand no batches over any more")]
    private partial void LogForgotten(int count);

    private readonly record struct Observation(long Number, long Seen, long Since);
}
