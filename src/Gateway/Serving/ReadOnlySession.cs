using Coordination.Grains.Sessions;

namespace Coordination.Gateway.Serving;

/// <summary>A session that is served read-only: nothing of it is in the log.</summary>
/// <param name="Password">What a later attachment needs.</param>
/// <param name="IsLocal">Whether it is this silo's alone; otherwise it is one of the log's, which its client goes back to.</param>
/// <param name="Tracked">When its client was last heard.</param>
internal sealed record ReadOnlySession(byte[] Password, bool IsLocal, TrackedSession Tracked)
{
    /// <summary>The connection that serves it; null where its client is away.</summary>
    public ISessionConnection? Connection { get; set; }
}
