using Coordination.Grains.Checkpoints;
using Coordination.Grains.Connections;
using Coordination.Grains.Writing;
using Coordination.Storage;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>What a test asks of its silo.</summary>
internal sealed record SiloSettings
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public TimeSpan TickTime { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LeastTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan MostTimeout { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How often a reminder ticks.</summary>
    public TimeSpan BackstopPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Puts something between the silo and its log.</summary>
    public Func<ILog, ILog> WrapLog { get; init; } = log => log;

    /// <summary>Hears of clients' writes; null for nobody.</summary>
    public IWriteAudit? Audit { get; init; }

    /// <summary>Serves connections that come through grains; null for nobody.</summary>
    public IConnectionServer? Connections { get; init; }

    /// <summary>Whether it answers, from its start on, for the sessions of the silo before it.</summary>
    public bool AdoptsSessions { get; init; } = true;

    /// <summary>Whether it turns the wheel by itself.</summary>
    public bool ExpiresSessions { get; init; }

    /// <summary>When it brings its checkpoint forward; null for never.</summary>
    public CheckpointPace? CheckpointPace { get; init; }
}
