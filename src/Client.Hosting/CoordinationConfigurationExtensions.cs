using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Adds configuration that is kept in the service.</summary>
public static class CoordinationConfigurationExtensions
{
    private const string ConnectionName = "Coordination";

    private static readonly TimeSpan _loadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the znodes below a path: <c>/taier/conf/jobs/timeout</c> is <c>jobs:timeout</c> for
    /// <c>/taier/conf</c>. Changes are there at once, through <c>IOptionsMonitor</c> too; while contact is lost, the last
    /// known values are.</summary>
    /// <param name="builder">The application's configuration.</param>
    /// <param name="client">The client, which the caller disposes of.</param>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="loadTimeout">How long the start waits for the first values; 10 seconds where nothing is said. When it is
    /// over, the application starts without them, and they come when they can be had.</param>
    public static IConfigurationBuilder AddCoordination(
        this IConfigurationBuilder builder, ICoordinationClient client, string path, TimeSpan? loadTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(client);
        return builder.Add(new CoordinationConfigurationSource(path, loadTimeout ?? _loadTimeout) { Client = client });
    }

    /// <summary>As the other, by a client of the configuration's own, which goes with it: to the servers that the connection
    /// string <c>Coordination</c> names in what is configured so far.</summary>
    /// <param name="builder">The application's configuration.</param>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="loadTimeout">How long the start waits for the first values; 10 seconds where nothing is said.</param>
    /// <exception cref="InvalidOperationException">There is no such connection string.</exception>
    /// <exception cref="FormatException">It is no connection string.</exception>
    public static IConfigurationBuilder AddCoordination(
        this IConfigurationBuilder builder, string path, TimeSpan? loadTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var configured = builder as IConfiguration ?? builder.Build();
        string servers = configured.GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException(
                $"there is no connection string {ConnectionName} to read the configuration at {path} by");
        var options = new CoordinationClientOptions { ConnectionString = servers };
        return builder.Add(new CoordinationConfigurationSource(path, loadTimeout ?? _loadTimeout) { Options = options });
    }
}
