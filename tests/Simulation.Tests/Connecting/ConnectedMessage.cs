using Coordination.Grains.Messages;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A session is attached.</summary>
/// <param name="Ticket">The session; null where there is none such any more.</param>
/// <param name="HeardAt">When the silo heard the client.</param>
internal sealed record ConnectedMessage(SessionTicket? Ticket, TimeSpan HeardAt)
{
    /// <summary>Whether it is served no more than reads.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether it is a session that is in no log.</summary>
    public bool IsLocal { get; init; }
}
