using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>What a server has answered to a client that asked to be served.</summary>
/// <param name="Server">The server.</param>
/// <param name="Transport">The connection to it.</param>
/// <param name="Session">The session that was asked for; null for a new one.</param>
/// <param name="Response">The answer.</param>
/// <param name="SentAt">When it was asked, by the client's clock.</param>
/// <param name="Extensions">What the servers can do beyond ZooKeeper; null where that was not asked along, nor credentials
/// shown.</param>
internal sealed record Attachment(
    ServerAddress Server, ITransportConnection Transport, ClientSession? Session, ConnectResponse Response, long SentAt,
    ServerExtensions? Extensions)
{
    internal bool IsReadOnly => Response.ReadOnly is true;
}
