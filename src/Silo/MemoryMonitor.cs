using Coordination.Grains.Writing;
using Coordination.Silo.Options;

namespace Coordination.Silo;

/// <summary>Watches how much memory the process uses: warns at a soft limit, and at a hard one has the writes refused
/// that grow the tree, rather than have the process die. Deletes go through, and free what they can.</summary>
internal sealed partial class MemoryMonitor(
    SiloOptions options, WritePipeline pipeline, IHostApplicationLifetime lifetime, ILogger<MemoryMonitor> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private bool _hasWarned;
    private bool _toldOfRoom = true;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Judge(Environment.WorkingSet);
            await Task.Delay(_interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Judge(long used)
    {
        // What deletes have freed shows only once it is collected.
        if (!pipeline.HasRoomToGrow && used >= options.MemoryHardLimit)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            used = Environment.WorkingSet;
        }
        pipeline.HasRoomToGrow = used < options.MemoryHardLimit;
        // The first lines that an operator sees are those that say what was started.
        if (lifetime.ApplicationStarted.IsCancellationRequested)
            Tell(used);
    }

    private void Tell(long used)
    {
        bool hasRoom = used < options.MemoryHardLimit;
        if (hasRoom && !_toldOfRoom)
            LogRoomAgain(used >> 20);
        else if (!hasRoom && _toldOfRoom)
            LogNoRoom(used >> 20, options.MemoryHardLimit >> 20);
        _toldOfRoom = hasRoom;
        bool warns = used >= options.MemorySoftLimit;
        if (warns && !_hasWarned)
            LogSoftLimit(used >> 20, options.MemorySoftLimit >> 20);
        _hasWarned = warns;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Used} MB of memory are used, over the soft limit of {Limit} MB")]
    private partial void LogSoftLimit(long used, long limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Used} MB of memory are used, over the hard limit of {Limit} MB: creates and growing sets are refused")]
    private partial void LogNoRoom(long used, long limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Used} MB of memory are used: creates and growing sets are taken again")]
    private partial void LogRoomAgain(long used);
}
