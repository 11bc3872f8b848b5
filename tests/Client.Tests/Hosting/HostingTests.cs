using Coordination.Client.Hosting;
using Coordination.Client.Recipes;
using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coordination.Client.Tests.Hosting;

/// <summary>The client at home in an application.</summary>
public sealed class HostingTests(Servers servers) : ClientTest(servers)
{
    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Configuration_follows_the_service(ServerKind kind)
    {
        await using var proxy = new TcpProxy(Server(kind).ClientEndPoint);
        await using var client = await ConnectAsync(Options($"{proxy.EndPoint}"));
        await using var other = await ConnectAsync(kind);
        string path = NewPath();
        await other.EnsurePathAsync(path + "/conf/jobs");
        await other.CreateAsync(path + "/conf/jobs/Timeout", "30");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddCoordination(client, path + "/conf");
        builder.Services.Configure<JobOptions>(builder.Configuration.GetSection("jobs"));
        using var host = builder.Build();
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<JobOptions>>();
        Assert.Equal(30, monitor.CurrentValue.Timeout);
        await other.SetDataAsync(path + "/conf/jobs/Timeout", "60");
        await EventuallyAsync("it is reloaded", () => monitor.CurrentValue.Timeout == 60);
        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        Assert.Equal(60, monitor.CurrentValue.Timeout);
        await other.DeleteAsync(path + "/conf/jobs/Timeout");
        proxy.Restore();
        await EventuallyAsync("what is gone is gone", () => monitor.CurrentValue.Timeout == 0);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task One_of_several_applications_leads(ServerKind kind)
    {
        string path = NewPath();
        var first = await StartAsync(kind, path);
        var leader = first.Services.GetServices<IHostedService>().OfType<Leader>().Single();
        await leader.Led.Task.WaitAsync(Soon);
        using var second = await StartAsync(kind, path);
        var next = second.Services.GetServices<IHostedService>().OfType<Leader>().Single();
        await using var client = await ConnectAsync(kind);
        await EventuallyAsync("both stand", async () => (await client.GetChildrenAsync(path)).Names.Count == 2);
        Assert.False(next.Led.Task.IsCompleted);

        var health = await first.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Status);
        var locks = first.Services.GetRequiredService<DistributedLockFactory>();
        await using (var handle = await locks.Get("daily").AcquireAsync())
            Assert.True(handle.IsHeld);
        Assert.Throws<ArgumentException>(() => locks.Get("a/b"));

        await first.StopAsync();
        await ((IAsyncDisposable)first).DisposeAsync();
        Assert.True(await next.Led.Task.WaitAsync(Soon) > await leader.Led.Task);
        await second.StopAsync();
    }

    [Fact]
    public async Task An_application_without_a_server_is_not_healthy()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCoordination($"127.0.0.1:{FreePort.Take()}");
        services.AddHealthChecks().AddCoordination();
        await using var provider = services.BuildServiceProvider();
        var health = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
    }

    private async Task<IHost> StartAsync(ServerKind kind, string path)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCoordination(Server(kind).HostAndPort);
        builder.Services.AddSingleton(new Election(path));
        builder.Services.AddLeaderElectedService<Leader>();
        builder.Services.AddHealthChecks().AddCoordination();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    internal sealed record Election(string Path);

    internal sealed class Leader(ICoordinationClient client, Election election) : LeaderElectedService(client, election.Path)
    {
        public TaskCompletionSource<long> Led { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task LeadAsync(Leadership lead, CancellationToken cancellationToken)
        {
            Led.TrySetResult(lead.FencingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }

    private sealed class JobOptions
    {
        public int Timeout { get; set; }
    }
}
