using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Memory;

/// <summary>Watches how much memory the process uses: warns at a soft limit, and at a hard one has the writes refused
/// that grow the tree, rather than have the process die. Deletes go through, and free what they can.</summary>
/// <remarks>It judges by what lived through the last full collection, never by garbage, and asks for a collection where one
/// may tell it something new: the less often, the longer that goes on.</remarks>
public sealed partial class MemoryMonitor(
    MemoryLimits limits, IProcessMemory memory, Replica replica, WritePipeline pipeline, TimeProvider time,
    ILogger<MemoryMonitor> logger)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly CollectionPace _pace = new(time);
    private long _judged = -1;
    private bool _hasWarned;
    private Holdings _held;
    private long _usedWhenAsked;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Look(LookAtHoldings());
            await Task.Delay(_interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Judges how much memory is in use now.</summary>
    /// <param name="holdings">What the silo keeps now.</param>
    internal void Look(in Holdings holdings)
    {
        var figures = memory.Look();
        _held = Holdings.Most(_held, holdings);
        if (figures.FullCollection > 0 && figures.FullCollection != _judged)
        {
            _judged = figures.FullCollection;
            Judge(figures.Living);
        }
        if (!IsWorthACollection(figures, holdings) || !_pace.TryTake(HasGrown(figures)))
            return;
        _held = holdings;
        _usedWhenAsked = figures.Used;
        memory.RequestCollection();
    }

    // What is taken again only well below the limit is not refused and taken in turns by what comes and goes: a collection in
    // the background counts as living what became garbage while it ran, a tenth of the heap where writes are large.
    private static long Below(long limit) => limit - limit / 8;

    private void Judge(long living)
    {
        bool hasRoom = living < (pipeline.HasRoomToGrow ? limits.Hard : Below(limits.Hard));
        if (hasRoom != pipeline.HasRoomToGrow)
        {
            if (hasRoom)
                LogRoomAgain(living >> 20);
            else
                LogNoRoom(living >> 20, limits.Hard >> 20);
            pipeline.HasRoomToGrow = hasRoom;
            _pace.Restart();
        }
        bool warns = living >= (_hasWarned ? Below(limits.Soft) : limits.Soft);
        if (warns && !_hasWarned)
            LogSoftLimit(living >> 20, limits.Soft >> 20);
        _hasWarned = warns;
    }

    // Before it is known that a limit is reached, that it may be is reason enough; afterwards, that something was given up.
    private bool IsWorthACollection(in MemoryFigures figures, in Holdings holdings) =>
        !pipeline.HasRoomToGrow ? holdings.IsLessThan(_held)
        : figures.Used >= limits.Hard || (!_hasWarned && figures.Used >= limits.Soft);

    // So much that the tree, if it is the tree, would soon be far beyond the limit.
    private bool HasGrown(in MemoryFigures figures) =>
        pipeline.HasRoomToGrow && figures.Used >= limits.Hard && figures.Used - _usedWhenAsked >= limits.Hard / 20;

    private Holdings LookAtHoldings()
    {
        using (replica.Lock.EnterRead())
        {
            var state = replica.State;
            return new Holdings(
                state.Tree.Count, state.Tree.ApproximateDataSize, state.Sessions.Count, state.Watches.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Used} MB of memory are used, over the soft limit of {Limit} MB")]
    private partial void LogSoftLimit(long used, long limit);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Used} MB of memory are used, over the hard limit of {Limit} MB: creates and growing sets are refused")]
    private partial void LogNoRoom(long used, long limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Used} MB of memory are used: creates and growing sets are taken again")]
    private partial void LogRoomAgain(long used);
}
