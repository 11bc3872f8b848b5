using System.Collections.Concurrent;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Recording;

/// <summary>One connection of a session, to one silo.</summary>
internal sealed class ConnectionHistory(SessionHistory session, int number, string server)
{
    public SessionHistory Session => session;

    /// <summary>Its place among the session's connections, from 0 on.</summary>
    public int Number => number;

    public string Server => server;

    /// <summary>No earlier than the server took it, in milliseconds of the run.</summary>
    public double OpenedAt => Pings.TryPeek(out var handshake) ? handshake.Answered : 0;

    /// <summary>In the order in which they were sent.</summary>
    public List<Operation> Operations { get; } = [];

    /// <summary>In the order in which they came.</summary>
    public List<ReceivedEvent> Events { get; } = [];

    /// <summary>Its pings, and the handshake.</summary>
    public ConcurrentQueue<HeardAt> Pings { get; } = [];

    /// <summary>What the client still waits for when the connection has ended, given what it did at its beginning.</summary>
    public WatchSet WatchesLeft(WatchSet before)
    {
        var watches = before.Copy();
        foreach (var (answered, watchEvent) in Frames())
        {
            if (watchEvent is not null)
                watches.Spend(watchEvent.Type, watchEvent.Path);
            else if (answered is { Request: ReadRequest { Watch: true } read, Answer: { IsTrouble: false } answer })
                watches.Set(read.Kind, read.Path, answer.Error);
            else if (answered is { Request: AddWatchRequest added, Answer.Error: ErrorCode.Ok })
                watches.Set(added.Mode, added.Path);
        }
        return watches;
    }

    /// <summary>Answers and events in the order in which they came.</summary>
    public IEnumerable<(Operation? Answered, ReceivedEvent? Event)> Frames()
    {
        var answered = Operations.Where(operation => operation.Answer is not null)
            .OrderBy(operation => operation.Answer!.Arrival).ToList();
        int next = 0;
        foreach (var watchEvent in Events)
        {
            for (; next < answered.Count && answered[next].Answer!.Arrival < watchEvent.Arrival; next++)
                yield return (answered[next], null);
            yield return (null, watchEvent);
        }
        for (; next < answered.Count; next++)
            yield return (answered[next], null);
    }
}
