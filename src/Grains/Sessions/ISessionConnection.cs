namespace Coordination.Grains.Sessions;

/// <summary>What serves a session on this silo: a client's connection.</summary>
/// <remarks>Called while the state is locked: it must only take note.</remarks>
public interface ISessionConnection
{
    /// <summary>Whether the client waits for this silo, and so cannot be blamed for its silence.</summary>
    bool IsOwedAnAnswer { get; }

    /// <summary>The session was attached to another connection: this one may do nothing more for it.</summary>
    void SessionMoved();

    /// <summary>This silo may serve nobody now: the client is to go to another. Not called under the lock.</summary>
    void ServiceEnded();

    /// <summary>The session is closed.</summary>
    void SessionClosed();
}
