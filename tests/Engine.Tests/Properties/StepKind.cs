namespace Coordination.Engine.Tests.Properties;

/// <summary>What happens in a step of a random history.</summary>
internal enum StepKind
{
    /// <summary>A session writes.</summary>
    Write,

    /// <summary>A session is opened, anew if it was closed.</summary>
    Open,

    /// <summary>A session is attached to another connection.</summary>
    Attach,

    /// <summary>Somebody tries to attach a session with a wrong password.</summary>
    AttachWrongly,

    /// <summary>A session closes itself.</summary>
    Close,

    /// <summary>The service closes a session for a connection that was silent.</summary>
    Expire,

    /// <summary>The service takes numbers, or a batch of another silo.</summary>
    Service,

    /// <summary>The clock moves on.</summary>
    Tick,

    /// <summary>What is in flight is committed and applied.</summary>
    Commit,

    /// <summary>What is in flight is lost, and another silo writes it instead.</summary>
    Lose,
}
