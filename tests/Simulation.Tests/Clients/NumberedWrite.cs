using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Clients;

/// <summary>A numbered write of a client, which it may send again.</summary>
internal sealed class NumberedWrite(long number, ClientRequest request)
{
    public long Number => number;

    public ClientRequest Request => request;

    /// <summary>Whether it was acknowledged.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether the client asks for it no more.</summary>
    public bool IsOver { get; set; }
}
