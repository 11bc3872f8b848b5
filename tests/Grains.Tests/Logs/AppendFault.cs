namespace Coordination.Grains.Tests.Logs;

/// <summary>What goes wrong with an append.</summary>
public enum AppendFault
{
    None,

    /// <summary>The row stands, and the writer is not told.</summary>
    UnknownThoughAppended,

    /// <summary>The row does not stand, and the writer is not told.</summary>
    UnknownAndNotAppended,

    /// <summary>The row does not stand, and the writer is told.</summary>
    Unavailable,

    /// <summary>The row stands, and the log says that it cannot be trusted.</summary>
    CorruptThoughAppended,
}
