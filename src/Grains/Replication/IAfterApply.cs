namespace Coordination.Grains.Replication;

/// <summary>Wants to be called once a batch is applied, to pass on what the batch told it.</summary>
public interface IAfterApply
{
    /// <summary>The batch that led to <see cref="Replica.CallAfterApply"/> is applied, and the state is not locked.</summary>
    void AfterApply();
}
