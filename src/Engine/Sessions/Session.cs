using Coordination.Engine.Checkpoint;
using Coordination.Engine.Tree;

namespace Coordination.Engine.Sessions;

/// <summary>An open session, as the log has it. Whether its client is alive is not in the log.</summary>
public sealed class Session
{
    internal Session(SessionRecord record)
    {
        Id = record.Id;
        Password = record.Password.ToArray();
        TimeoutMilliseconds = record.TimeoutMilliseconds;
        AttachZxid = record.AttachZxid;
        if (!record.Answers.IsEmpty)
            Answers = new KeptAnswers(record.Answers.Span);
    }

    /// <summary>The session id; never 0.</summary>
    public long Id { get; }

    /// <summary>The bytes that prove who may re-attach.</summary>
    public ReadOnlyMemory<byte> Password { get; }

    /// <summary>The negotiated timeout.</summary>
    public int TimeoutMilliseconds { get; internal set; }

    /// <summary>The zxid that last attached it: the name of the connection that may write for it.</summary>
    public long AttachZxid { get; internal set; }

    /// <summary>The life of the silo that it is attached to.</summary>
    public Guid Silo => Attached?.Silo ?? default;

    /// <summary>The sessions of that silo, this one at <see cref="Place"/> among them; null before it is attached.</summary>
    internal AttachedSessions? Attached { get; set; }

    /// <summary>Where it is in <see cref="Attached"/>.</summary>
    internal int Place { get; set; }

    /// <summary>The znodes that go with it.</summary>
    public OwnedZnodes Ephemerals => OwnedEphemerals ?? OwnedZnodes.None;

    /// <summary>Null until one of its writes has had a number.</summary>
    internal KeptAnswers? Answers { get; set; }

    /// <summary>Null until it owns a znode, which most sessions never do.</summary>
    internal OwnedZnodes? OwnedEphemerals { get; set; }
}
