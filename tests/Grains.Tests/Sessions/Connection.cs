using Coordination.Grains.Sessions;

namespace Coordination.Grains.Tests.Sessions;

/// <summary>A client's connection that counts what it is told.</summary>
internal sealed class Connection : ISessionConnection
{
    public bool IsOwedAnAnswer { get; set; }

    public int Moved { get; private set; }

    public int Closed { get; private set; }

    public int Ended { get; private set; }

    public void SessionMoved() => Moved++;

    public void ServiceEnded() => Ended++;

    public void SessionClosed() => Closed++;
}
