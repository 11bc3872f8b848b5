using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Orleans.Hosting;

/// <summary>Adds the runtime of grains to a host.</summary>
public static class LocalOrleansServiceCollectionExtensions
{
    /// <summary>
    /// Runs grains in this process: adds <see cref="IGrainFactory"/> and <see cref="IClusterClient"/>, and a hosted
    /// service within whose lifetime calls are served. Time comes from <see cref="TimeProvider"/>, if there is one
    /// among the services. Added again, it only configures further.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets options; the assemblies with the grain classes at least.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddLocalOrleans(
        this IServiceCollection services, Action<LocalOrleansOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<LocalOrleansOptions>().Configure(configure);
        if (services.Any(static service => service.ServiceType == typeof(LocalSilo))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LocalSilo>();
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<LocalSilo>().Factory);
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<LocalSilo>().Factory);
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<LocalSilo>());
        return services;
    }
}
