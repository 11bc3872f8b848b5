using Coordination.Gateway.Requests;
using Coordination.Gateway.Serving;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;

namespace Coordination.Gateway;

/// <summary>What every connection of a gateway works with.</summary>
/// <param name="Replica">Where reads are answered from.</param>
/// <param name="Pipeline">Where writes go.</param>
/// <param name="Tail">What sync asks.</param>
/// <param name="Tracker">Who hears that a client is alive.</param>
/// <param name="Sessions">Where sessions are opened.</param>
/// <param name="Options">The limits.</param>
/// <param name="Statistics">What is counted.</param>
/// <param name="LargeRequests">What large writes are in flight.</param>
/// <param name="Serving">Whom the silo serves now.</param>
/// <param name="ReadOnlySessions">Those that it serves no more than reads.</param>
/// <param name="History">Where updates of the past are read.</param>
/// <param name="Walks">Lists of children that are read page by page.</param>
/// <param name="Log">What is told to the operator.</param>
/// <param name="Audit">What hears of every write; null where nothing does.</param>
public sealed record GatewayServices(
    Replica Replica, WritePipeline Pipeline, LogTailReader Tail, SessionTracker Tracker, SessionCalls Sessions,
    GatewayOptions Options, ServerStatistics Statistics, LargeRequests LargeRequests,
    ServingState Serving, ReadOnlySessions ReadOnlySessions, UpdateHistory History, ChildWalks Walks, GatewayLog Log,
    IWriteAudit? Audit = null);
