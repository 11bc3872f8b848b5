using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>What a client asks for.</summary>
internal abstract record Request
{
    public abstract Task<Answer> SendAsync(RawZooKeeperClient client);
}
