using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>One connection of a session.</summary>
internal interface IConnection
{
    long SessionId { get; }

    Reply Execute(Call call);

    ErrorCode Authenticate(string scheme, byte[] credentials);

    /// <summary>The events that came since the last call, in their order.</summary>
    IReadOnlyList<ReceivedEvent> TakeEvents();

    /// <summary>Breaks the connection; the session lives on.</summary>
    void Drop();
}
