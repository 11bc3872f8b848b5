using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Coordination.Client.Hosting;

/// <summary>Adds a client, and what stands on it, to an application's services.</summary>
public static class CoordinationServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="ICoordinationClient"/> that the application shares, and a
    /// <see cref="DistributedLockFactory"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The servers: <c>host:port,host:port/chroot</c>.</param>
    /// <param name="configure">Says more of how the client connects; nothing where it is null. The application's logging and
    /// <see cref="TimeProvider"/> are used unless it says otherwise.</param>
    /// <remarks>The client begins to connect when somebody first asks for it, and closes its session with the
    /// application.</remarks>
    public static IServiceCollection AddCoordination(
        this IServiceCollection services, string connectionString,
        Func<CoordinationClientOptions, CoordinationClientOptions>? configure = null) =>
        services.AddCoordination(connectionString, (_, options) => configure?.Invoke(options) ?? options);

    /// <summary>Adds an <see cref="ICoordinationClient"/> that the application shares, and a
    /// <see cref="DistributedLockFactory"/>; how it connects may depend on other services, such as the
    /// <c>IClusterClient</c> whose grains it goes through.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The servers: <c>host:port,host:port/chroot</c>.</param>
    /// <param name="configure">Says more of how the client connects. The application's logging and
    /// <see cref="TimeProvider"/> are used unless it says otherwise.</param>
    /// <remarks>The client begins to connect when somebody first asks for it, and closes its session with the
    /// application.</remarks>
    public static IServiceCollection AddCoordination(
        this IServiceCollection services, string connectionString,
        Func<IServiceProvider, CoordinationClientOptions, CoordinationClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton<ICoordinationClient>(provider =>
        {
            var options = new CoordinationClientOptions
            {
                ConnectionString = connectionString,
                LoggerFactory = provider.GetService<ILoggerFactory>(),
                TimeProvider = provider.GetService<TimeProvider>() ?? TimeProvider.System,
            };
            return new CoordinationClient(configure(provider, options));
        });
        services.TryAddSingleton<DistributedLockFactory>();
        return services;
    }

    /// <summary>Adds a client that there is already, such as the one that the configuration is read by, and a
    /// <see cref="DistributedLockFactory"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="client">The client, which the caller disposes of, after the application.</param>
    public static IServiceCollection AddCoordination(this IServiceCollection services, ICoordinationClient client)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(client);
        services.TryAddSingleton(client);
        services.TryAddSingleton<DistributedLockFactory>();
        return services;
    }

    /// <summary>Adds a service of which one instance runs, however many applications have it.</summary>
    /// <typeparam name="TService">The service.</typeparam>
    public static IServiceCollection AddLeaderElectedService<TService>(this IServiceCollection services)
        where TService : LeaderElectedService
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddHostedService<TService>();
    }

    /// <summary>Adds a check of the client's session: healthy while it is attached, degraded while contact is lost or only a
    /// server can be reached that can only be read, and unhealthy where there is none.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The check's name.</param>
    public static IHealthChecksBuilder AddCoordination(this IHealthChecksBuilder builder, string name = "coordination")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, static provider => new SessionHealthCheck(provider.GetRequiredService<ICoordinationClient>()), null, null));
    }
}
