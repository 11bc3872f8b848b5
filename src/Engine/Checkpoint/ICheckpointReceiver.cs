namespace Coordination.Engine.Checkpoint;

/// <summary>Takes a checkpoint's rows one by one as they are loaded.</summary>
public interface ICheckpointReceiver
{
    /// <summary>A znode. Rows come in ascending byte order of the path, so a parent always precedes its children.</summary>
    void Znode(scoped in ZnodeRecord record);

    /// <summary>An open session. All of them come before the first znode, which one of them may own.</summary>
    void Session(SessionRecord session);

    /// <summary>A named counter of the sequencer: the next number that it has not given out.</summary>
    void Counter(string name, long next);

    /// <summary>The last batch that was taken from a silo's life, which <paramref name="identity"/> names.</summary>
    void SiloBatch(Guid identity, long batchNumber);
}
