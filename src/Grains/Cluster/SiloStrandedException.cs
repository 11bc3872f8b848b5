namespace Coordination.Grains.Cluster;

/// <summary>This silo alone cannot reach the database: what was placed on it is served elsewhere once it is gone.</summary>
public sealed class SiloStrandedException()
    : Exception("this silo cannot reach the database, and others serve clients; it has to be started again");
