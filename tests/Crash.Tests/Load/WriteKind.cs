namespace Coordination.Crash.Tests.Load;

/// <summary>The kinds of writes that a <see cref="Writer"/> sends.</summary>
internal enum WriteKind
{
    /// <summary>A create of a znode with a number of the writer's own.</summary>
    Create,

    /// <summary>A set of the writer's register, with the version that it must have.</summary>
    Set,

    /// <summary>A sequential create below a parent that all writers share.</summary>
    SequentialCreate,

    /// <summary>A multi that creates one znode and sets another.</summary>
    Pair,

    /// <summary>A delete of a znode that was created before.</summary>
    Delete,

    /// <summary>A create of an ephemeral.</summary>
    EphemeralCreate,
}
