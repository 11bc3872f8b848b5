namespace Coordination.Client.Tests;

/// <summary>Whose server a test runs against, and over what: the client is for all of them.</summary>
public enum ServerKind
{
    Silo,
    ZooKeeper,

    /// <summary>A silo in the test's process, through its grains.</summary>
    Grains,
}
