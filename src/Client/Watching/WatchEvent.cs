using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What a watch has to tell.</summary>
/// <param name="Type">What happened to the znode; <see cref="WatchEventType.None"/> where something happened to the watch
/// itself, which <paramref name="State"/> tells.</param>
/// <param name="Path">The znode's path; where <paramref name="Type"/> is None, the path that is watched.</param>
/// <param name="Zxid">The zxid of the change; -1 where the server does not tell (before ZooKeeper 3.9, and what is
/// caught up with after a reconnect).</param>
/// <param name="State">
/// <see cref="SessionState.Connected"/> for a change. With None:
/// <see cref="SessionState.Connected"/> where a lasting watch is set anew, and changes in between may not have been told,
/// so that whoever keeps a copy reads again; <see cref="SessionState.Expired"/> where the session has ended, with which a
/// one-shot watch is gone; <see cref="SessionState.Closed"/> where the client is disposed of.
/// </param>
public readonly record struct WatchEvent(
    WatchEventType Type, string Path, long Zxid, SessionState State = SessionState.Connected);
