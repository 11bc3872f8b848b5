namespace Coordination.Engine.Checkpoint;

/// <summary>An open session as the checkpoint and the log keep it.</summary>
/// <param name="Id">The session id; never 0.</param>
/// <param name="Password">The 16 bytes that prove who may re-attach; in a delta, empty leaves the row's as it is.</param>
/// <param name="TimeoutMilliseconds">The negotiated timeout.</param>
/// <param name="AttachZxid">The zxid of the entry that last attached the session to a silo.</param>
/// <param name="Silo">The life of the silo that the session was last attached to.</param>
public sealed record SessionRecord(
    long Id, ReadOnlyMemory<byte> Password, int TimeoutMilliseconds, long AttachZxid, Guid Silo)
{
    /// <summary>What <see cref="CoordinationState.EncodeAnswers"/> gave; empty for a session without answers. In a delta they
    /// are beside the session: see <see cref="CheckpointDelta.Answers"/>.</summary>
    public ReadOnlyMemory<byte> Answers { get; init; }
}
