using System.Net;
using Coordination.Grains;
using Coordination.Grains.Messages;
using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using ClusterOptions = Orleans.Configuration.ClusterOptions;
using ErrorCode = Coordination.Protocol.ErrorCode;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>A client of Microsoft Orleans in the test's process, which knows of the silos by the database alone.</summary>
internal sealed class OrleansClient : IAsyncDisposable
{
    private static readonly TimeSpan s_longestCall = TimeSpan.FromSeconds(3);

    private readonly IHost _host;

    private OrleansClient(IHost host) => _host = host;

    public IClusterClient Grains => _host.Services.GetRequiredService<IClusterClient>();

    public ISequencerGrain Sequencer => Grains.GetGrain<ISequencerGrain>(0);

    public static async Task<OrleansClient> ConnectAsync(SiloCluster cluster)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = cluster.Name);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = s_longestCall);
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1));
            client.UseAdoNetClustering(options =>
            {
                options.Invariant = "Npgsql";
                options.ConnectionString = $"{cluster.Database.ConnectionString};Search Path={cluster.Name}";
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new OrleansClient(host);
    }

    public IZnodeGrain Znode(string path) => Grains.GetGrain<IZnodeGrain>(path);

    public ISessionGrain Session(long id) => Grains.GetGrain<ISessionGrain>(id);

    /// <summary>What a client does all its life: it pings, and where nobody answers for the session any more, attaches it
    /// anew.</summary>
    /// <returns>The ticket that holds from then on.</returns>
    public static async Task<SessionTicket> KeepAliveAsync(ISessionGrain session, SessionTicket ticket)
    {
        if (await session.PingAsync(ticket.AttachZxid))
            return ticket;
        return await session.AttachAsync(ticket.Password, new SessionOpening(ticket.TimeoutMilliseconds))
            ?? throw new InvalidOperationException("the session is gone");
    }

    /// <summary>Makes a call that may find nobody who answers.</summary>
    /// <returns>Whether it was answered.</returns>
    public static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (
            e is OrleansException or TimeoutException or ZnodeException { Code: ErrorCode.ConnectionLoss or ErrorCode.SystemError })
        {
            return false;
        }
    }

    /// <summary>Where a grain is.</summary>
    public async Task<IPAddress> HostOfAsync(IAddressable grain) =>
        (await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain))!.Endpoint.Address;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
