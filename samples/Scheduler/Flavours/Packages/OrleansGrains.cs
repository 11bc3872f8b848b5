using System.Net;
using Coordination.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Coordination.Scheduler.Flavours;

/// <summary>A client of the Orleans cluster that the silos are: by its gateways, or by the database that they share.</summary>
internal sealed class OrleansGrains : IAsyncDisposable
{
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(500);

    private readonly IHost _host;

    private OrleansGrains(IHost host) => _host = host;

    /// <summary>Waits until a gateway lets us in.</summary>
    public static async Task<OrleansGrains> ConnectAsync(IConfigurationSection section, CancellationToken cancellationToken)
    {
        string cluster = section["Cluster"] ?? "coordination";
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = cluster);
            client.UseConnectionRetryFilter(static async (_, retrying) =>
            {
                await Task.Delay(_rest, retrying);
                return true;
            });
            if (section["Database"] is { } database)
                Find(client, $"{database};Search Path={cluster}");
            else
                client.UseStaticClustering(Gateways(section));
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new OrleansGrains(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>The same options, but for connections through grains.</summary>
    public CoordinationClientOptions Carry(CoordinationClientOptions options) =>
        options.UseOrleans(_host.Services.GetRequiredService<IClusterClient>());

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static void Find(IClientBuilder client, string connectionString) => client.UseAdoNetClustering(options =>
    {
        options.Invariant = "Npgsql";
        options.ConnectionString = connectionString;
    });

    private static IPEndPoint[] Gateways(IConfigurationSection section) =>
        [.. (section["Gateways"] ?? "127.0.0.1:30000").Split(',').Select(static gateway => IPEndPoint.Parse(gateway))];
}
