using Coordination.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Coordination.Scheduler.Coordinating;

/// <summary>How the scheduler reaches the service: the section <c>Coordination</c>, whose <c>Transport</c> is the one line
/// that chooses.</summary>
internal static class CoordinationConnection
{
    /// <summary>A client, which connects by itself.</summary>
    public static ICoordinationClient Open(IConfiguration configuration, ILoggerFactory loggerFactory)
    {
        var section = configuration.GetRequiredSection("Coordination");
        return section["Transport"] switch
        {
            "zookeeper" => new CoordinationClient(new CoordinationClientOptions
            {
                ConnectionString = ConnectionString(configuration),
                SessionTimeout = SessionTimeout(section),
                LoggerFactory = loggerFactory,
            }),
            var other => throw new InvalidOperationException($"Coordination:Transport is '{other}', and can be zookeeper"),
        };
    }

    /// <summary>Where the service is.</summary>
    public static string ConnectionString(IConfiguration configuration) =>
        configuration["Coordination:ConnectionString"]
        ?? throw new InvalidOperationException("Coordination:ConnectionString is missing");

    private static TimeSpan SessionTimeout(IConfigurationSection section) =>
        TimeSpan.FromSeconds(section.GetValue("SessionTimeoutSeconds", 10.0));
}
