namespace Coordination.Client.Tests;

/// <summary>Whose server a test runs against: the client is for both.</summary>
public enum ServerKind
{
    Silo,
    ZooKeeper,
}
