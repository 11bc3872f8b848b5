using System.Net;
using Coordination.Testing;

namespace Coordination.Client.Tests.Networks;

/// <summary>A network of sockets.</summary>
public sealed class TcpNetwork(IPEndPoint server) : TestNetwork(server)
{
    private readonly TcpProxy _proxy = new(server);

    public override CoordinationClientOptions Connect(CoordinationClientOptions options) =>
        options with { ConnectionString = $"{_proxy.EndPoint}" };

    public override void Silence() => _proxy.Silence();

    public override void SilenceAnswers() => _proxy.SilenceAnswers();

    public override void Refuse() => _proxy.Refuse();

    public override void Cut() => _proxy.Cut();

    public override void Restore() => _proxy.Restore();

    public override ValueTask DisposeAsync() => _proxy.DisposeAsync();
}
