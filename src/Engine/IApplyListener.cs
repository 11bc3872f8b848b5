using Coordination.Engine.Sessions;

namespace Coordination.Engine;

/// <summary>Hears of sessions as entries about them are applied.</summary>
public interface IApplyListener
{
    /// <summary>A session was opened.</summary>
    void SessionOpened(Session session);

    /// <summary>A session was attached to a silo anew.</summary>
    void SessionAttached(Session session);

    /// <summary>A session was closed, by its client or because it expired.</summary>
    void SessionClosed(long sessionId);
}
