using Coordination.Engine.Requests;

namespace Coordination.Grains.Writing;

/// <summary>Writes, for one who awaits the outcome: the grains.</summary>
/// <param name="pipeline">Where the writes go.</param>
/// <param name="audit">Hears what became of them; null for nobody.</param>
public sealed class SiloWriter(WritePipeline pipeline, IWriteAudit? audit = null)
{
    /// <summary>Writes and waits until the outcome is known.</summary>
    /// <param name="caller">On whose behalf.</param>
    /// <param name="operation">What is asked for.</param>
    /// <param name="cancellationToken">Ends the waiting; the write itself cannot be taken back.</param>
    public async Task<WriteReply> WriteAsync(
        Caller caller, WriteOperation operation, CancellationToken cancellationToken = default)
    {
        await pipeline.WaitForRoomAsync(cancellationToken);
        var request = new AwaitedWrite(caller, operation, audit);
        pipeline.Submit([request]);
        return await request.Reply.WaitAsync(cancellationToken);
    }
}
