namespace Coordination.Differential.Tests.Comparing;

internal enum ItemKind
{
    Reply,
    Event,

    /// <summary>The server ended the connection, or would not take it.</summary>
    End,

    /// <summary>The session was opened or attached anew.</summary>
    Attached,
}
