using System.Collections.Concurrent;

namespace Coordination.History.Tests.Recording;

/// <summary>One connection of a session, to one silo.</summary>
internal sealed class ConnectionHistory(SessionHistory session, int number, string server)
{
    public SessionHistory Session => session;

    /// <summary>Its place among the session's connections, from 0 on.</summary>
    public int Number => number;

    public string Server => server;

    /// <summary>In the order in which they were sent.</summary>
    public List<Operation> Operations { get; } = [];

    /// <summary>In the order in which they came.</summary>
    public List<ReceivedEvent> Events { get; } = [];

    /// <summary>Its pings, and the handshake.</summary>
    public ConcurrentQueue<HeardAt> Pings { get; } = [];

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
