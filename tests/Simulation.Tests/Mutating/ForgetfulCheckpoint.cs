using Coordination.Engine.Checkpoint;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A checkpoint without the answers to numbered writes.</summary>
internal sealed class ForgetfulCheckpoint : Mutations
{
    public override CheckpointDelta DeltaOf(CheckpointDelta delta) => new()
    {
        Base = delta.Base,
        Target = delta.Target,
        Applied = delta.Applied,
        Znodes = delta.Znodes,
        Sessions = delta.Sessions,
        Counters = delta.Counters,
        SiloBatches = delta.SiloBatches,
    };
}
