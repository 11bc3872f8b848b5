using Coordination.Engine.Log;

namespace Coordination.Engine.Requests;

/// <summary>A write on its way: validated, committed, applied, and then completed.</summary>
/// <param name="caller">On whose behalf.</param>
/// <param name="operation">What is asked for.</param>
/// <param name="cxid">The session's own number of the request.</param>
public abstract class WriteRequest(Caller caller, WriteOperation operation, int cxid)
{
    /// <summary>On whose behalf.</summary>
    public Caller Caller { get; } = caller;

    /// <summary>What is asked for.</summary>
    public WriteOperation Operation { get; } = operation;

    /// <summary>The session's own number of the request.</summary>
    public int Cxid { get; } = cxid;

    /// <summary>The client's number of the write, where it may send it again.</summary>
    public OnceNumber Once { get; init; }

    /// <summary>Hands over the outcome, once, after everything that it rests on has been committed and applied.</summary>
    /// <remarks>Called in the order of requests while the state is locked: it must only take note.</remarks>
    public abstract void Complete(in WriteOutcome outcome);
}
