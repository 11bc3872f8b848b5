namespace Coordination.Simulation.Tests.Connecting;

/// <summary>What a client can ask for.</summary>
internal enum RequestKind
{
    Write,
    GetData,
    Exists,
    GetChildren,
    Sync,
    Ping,
    RenewWatches,
    CloseSession,
}
