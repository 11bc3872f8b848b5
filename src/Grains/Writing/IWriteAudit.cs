using Coordination.Engine.Requests;

namespace Coordination.Grains.Writing;

/// <summary>Hears what became of every write that a client asked for.</summary>
public interface IWriteAudit
{
    /// <summary>A write is done, or refused. Called while the state is locked: it must only take note.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="outcome">What became of it.</param>
    void Take(Caller caller, WriteOperation operation, in WriteOutcome outcome);
}
