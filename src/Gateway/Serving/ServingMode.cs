namespace Coordination.Gateway.Serving;

/// <summary>Whom a silo serves at a time.</summary>
public enum ServingMode
{
    /// <summary>Everybody.</summary>
    ReadWrite,

    /// <summary>Those that ask for no more than reads: the silo does not know the log's tail.</summary>
    ReadOnly,

    /// <summary>Nobody.</summary>
    Nobody,
}
