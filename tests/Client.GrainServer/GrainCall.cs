namespace Coordination.Client.GrainServer;

/// <summary>Which call to the grain of a connection a frame is, or what became of one.</summary>
internal enum GrainCall : byte
{
    /// <summary>Sends a chunk.</summary>
    Send = 1,

    /// <summary>Receives what there is; the chunk has the number of the call.</summary>
    Receive = 2,

    /// <summary>Closes the connection, which is not answered.</summary>
    Close = 3,

    /// <summary>Answers with a chunk.</summary>
    Answer = 4,

    /// <summary>Tells that a call has failed.</summary>
    Failure = 5,
}
