namespace Coordination.History.Tests.Clients;

/// <summary>How a client comes to have no connection.</summary>
internal enum Leaving
{
    /// <summary>The connection was cut; the session goes on.</summary>
    Lost,

    /// <summary>The client takes its session to another connection.</summary>
    Moving,

    /// <summary>The client closed its session.</summary>
    Closed,

    /// <summary>The client is never heard of again.</summary>
    ForGood,

    /// <summary>The server says that the session is gone.</summary>
    Expired,
}
