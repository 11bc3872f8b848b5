using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Where configuration comes from.</summary>
internal sealed record CoordinationConfigurationSource(ICoordinationClient Client, string Path, TimeSpan LoadTimeout)
    : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new CoordinationConfigurationProvider(this);
}
