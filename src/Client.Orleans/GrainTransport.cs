using Coordination.Grains;

namespace Coordination.Client;

/// <summary>Makes connections through grains: each has one of its own, wherever its first call comes to.</summary>
internal sealed class GrainTransport(Func<Guid, IConnectionGrain> grains) : IClientTransport
{
    public string Name => "grains";

    public Task<ITransportConnection> ConnectAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ITransportConnection>(new GrainConnection(grains(Guid.NewGuid())));
}
