namespace Coordination.Differential.Tests.Steps;

internal enum AttachKind
{
    Rightly,
    AfterDisconnecting,
    WithWrongPassword,
    WithoutPassword,

    /// <summary>While the connection of who knows it stands.</summary>
    WithWrongPasswordBeside,

    /// <summary>The client has seen what the server has not: it has to try another.</summary>
    FromTheFuture,
}
