using Microsoft.Extensions.Configuration;

namespace Coordination.Client.Hosting;

/// <summary>Adds configuration that is kept in the service.</summary>
public static class CoordinationConfigurationExtensions
{
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
        return builder.Add(new CoordinationConfigurationSource(client, path, loadTimeout ?? TimeSpan.FromSeconds(10)));
    }
}
