using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Where configuration comes from: a client that there is, or one of the configuration's own.</summary>
internal sealed record CoordinationConfigurationSource(string Path, TimeSpan LoadTimeout) : IConfigurationSource
{
    /// <summary>The client that there is; null where there is none.</summary>
    public ICoordinationClient? Client { get; init; }

    /// <summary>How a client of the configuration's own connects; null where there is one already.</summary>
    public CoordinationClientOptions? Options { get; init; }

    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        var own = Options is null ? null : new CoordinationClient(Options);
        return new CoordinationConfigurationProvider(this, own ?? Client!, own);
    }
}
