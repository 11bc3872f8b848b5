using Coordination.Client;
using Coordination.Scheduler.Flavours;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Coordination.Scheduler.Coordinating;

/// <summary>How the scheduler reaches the service: the section <c>Coordination</c>, whose <c>Transport</c> is the one line
/// that chooses between ZooKeeper's protocol and Orleans.</summary>
internal sealed class CoordinationConnection : IAsyncDisposable
{
    private readonly OrleansGrains? _grains;

    private CoordinationConnection(CoordinationClientOptions options, OrleansGrains? grains = null)
    {
        Client = new CoordinationClient(grains is null ? options : grains.Carry(options));
        _grains = grains;
    }

    /// <summary>The client, which connects by itself.</summary>
    public ICoordinationClient Client { get; }

    /// <summary>Makes the client.</summary>
    /// <param name="configuration">What is configured.</param>
    /// <param name="loggerFactory">Where it logs.</param>
    /// <param name="cancellationToken">Ends the wait for an Orleans cluster.</param>
    public static async Task<CoordinationConnection> OpenAsync(
        IConfiguration configuration, ILoggerFactory loggerFactory, CancellationToken cancellationToken = default)
    {
        var section = configuration.GetRequiredSection("Coordination");
        var options = new CoordinationClientOptions
        {
            ConnectionString = ConnectionString(configuration),
            SessionTimeout = TimeSpan.FromSeconds(section.GetValue("SessionTimeoutSeconds", 10.0)),
            LoggerFactory = loggerFactory,
        };
        return section["Transport"] switch
        {
            "zookeeper" => new CoordinationConnection(options),
            "orleans" => new CoordinationConnection(options, await OrleansGrains.ConnectAsync(section, cancellationToken)),
            var other => throw new InvalidOperationException(
                $"Coordination:Transport is '{other}', and can be zookeeper or orleans"),
        };
    }

    /// <summary>Where the service is.</summary>
    public static string ConnectionString(IConfiguration configuration) =>
        configuration["Coordination:ConnectionString"]
        ?? throw new InvalidOperationException("Coordination:ConnectionString is missing");

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_grains is not null)
            await _grains.DisposeAsync();
    }
}
