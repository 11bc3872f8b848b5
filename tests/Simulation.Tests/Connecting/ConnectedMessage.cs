using Coordination.Grains.Messages;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A session is attached.</summary>
/// <param name="Ticket">The session; null where there is none such any more.</param>
/// <param name="HeardAt">When the silo heard the client.</param>
internal sealed record ConnectedMessage(SessionTicket? Ticket, TimeSpan HeardAt);
