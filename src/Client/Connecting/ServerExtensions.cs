using Coordination.Protocol;

namespace Coordination.Client.Connecting;

/// <summary>Which extensions the servers of a session have.</summary>
/// <remarks>Of a session, not of a connection: a server lists what every server has that the session may come to, and
/// never takes any of it back.</remarks>
/// <param name="extensions">What the server has listed.</param>
internal sealed class ServerExtensions(IReadOnlyList<Extension> extensions)
{
    /// <summary>Those of Apache ZooKeeper.</summary>
    internal static ServerExtensions None { get; } = new([]);

    /// <summary>Whether they do a write once however often it is sent.</summary>
    internal bool HasOnce { get; } = extensions.Contains(Extension.Once);

    /// <summary>Whether they have one, in the version that this client knows.</summary>
    internal bool Has(Extension extension) => extensions.Contains(extension);

    /// <summary>Takes the list out of the answer to the read of its znode.</summary>
    internal static ServerExtensions Read(ErrorCode error, ref JuteReader body) =>
        error == ErrorCode.Ok ? new ServerExtensions(ExtensionList.Decode(body.ReadBuffer(out _))) : None;
}
