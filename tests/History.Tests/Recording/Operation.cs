using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Recording;

/// <summary>One request of a client, and what became of it.</summary>
/// <param name="connection">By which it was sent.</param>
/// <param name="xid">The session's own number of it.</param>
/// <param name="request">What was asked.</param>
/// <param name="askedAt">No later than it was sent, in milliseconds of the run.</param>
internal sealed class Operation(ConnectionHistory connection, int xid, Request request, double askedAt)
{
    public ConnectionHistory Connection => connection;

    public SessionHistory Session => connection.Session;

    public int Xid => xid;

    public Request Request => request;

    public double AskedAt => askedAt;

    /// <summary>The client's number of the write, under which it may have sent it more than once; null for none.</summary>
    public WriteNumber? Number { get; init; }

    /// <summary>Null where the connection was lost before an answer came: what became of it is unknown.</summary>
    public Answer? Answer { get; private set; }

    /// <summary>No earlier than the answer came, in milliseconds of the run.</summary>
    public double AnsweredAt { get; private set; }

    public bool IsWrite => request is WriteRequest;

    /// <summary>Whether it is a write that was promised to last.</summary>
    public bool IsAcknowledged =>
        IsWrite && Answer is { Outcome: ErrorCode.Ok };

    /// <summary>Whether it is a write that was answered with an error.</summary>
    public bool IsRefused => IsWrite && Answer is not null && !IsAcknowledged;

    public void Complete(Answer answer, double at)
    {
        AnsweredAt = at;
        Answer = answer;
    }

    public override string ToString() =>
        $"session 0x{Session.Id:x} connection {connection.Number} xid {xid}{(Number is { } given ? $" number {given.Number}" : "")} "
        + $"at {askedAt:0} ms: {request} -> "
        + (Answer is { } answer ? $"{answer} at {AnsweredAt:0} ms" : "no answer");
}
