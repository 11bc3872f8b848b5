using Coordination.Engine;
using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Cluster;
using Coordination.Grains.Sessions;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Database;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>What a run is made of: the real parts, unless a test puts a broken one in, to see it found out.</summary>
internal class Mutations
{
    /// <summary>The real parts.</summary>
    public static Mutations None { get; } = new();

    /// <summary>Makes the log as a silo has it.</summary>
    public virtual SimulatedLog MakeLog(SimulatedDatabase database, DatabaseLink link) => new(database, link);

    /// <summary>Whether a read waits for the writes that came before it.</summary>
    public virtual bool AwaitsWrites => true;

    /// <summary>Whether a read waits where an entry that is applied in part has touched what it is of.</summary>
    public virtual bool AwaitsSettled => true;

    /// <summary>Whether a silo that serves reads alone turns those away who have seen more than it has.</summary>
    public virtual bool KnowsItsPlace => true;

    /// <summary>Whether a silo lets the event of a watch get lost.</summary>
    public virtual bool LosesEvent(Random random) => false;

    /// <summary>Whether an observer begins an epoch with its first write.</summary>
    public virtual bool ObserversBeginEpochs => false;

    /// <summary>The number under which a silo takes a write.</summary>
    public virtual OnceNumber NumberOf(ClientRequest request, long session, CoordinationState state) => request.Once;

    /// <summary>What a client is told of a write that was done when it was sent before.</summary>
    public virtual string AnswerAgain(string answer, CoordinationState state, WriteRequest write) => answer;

    /// <summary>What is brought into the checkpoint.</summary>
    public virtual CheckpointDelta DeltaOf(CheckpointDelta delta) => delta;

    /// <summary>What a silo takes itself for.</summary>
    public virtual SiloRole RoleInEnsemble(SiloRole role) => role;

    /// <summary>The format level that a silo says it reads.</summary>
    public virtual int DeclaredLevel(int level) => level;

    /// <summary>Makes a silo's tracker of sessions.</summary>
    public virtual SessionTracker MakeTracker(Guid silo, TimeSpan tick, SyncLimit limit, TimeProvider time) =>
        new(silo, tick, time) { OthersPatience = limit.Length };
}
