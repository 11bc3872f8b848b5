using Coordination.Client.Hosting;
using Coordination.Client.Recipes;
using Coordination.Client.Tests.Sessions;
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
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
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

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task Configuration_may_have_a_client_of_its_own(ServerKind kind)
    {
        await using var client = await ConnectAsync(kind);
        string path = NewPath();
        await client.EnsurePathAsync(path + "/jobs");
        await client.CreateAsync(path + "/jobs/Timeout", "30");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Assert.Throws<InvalidOperationException>(() => builder.Configuration.AddCoordination(path));
        builder.Configuration["ConnectionStrings:Coordination"] = Server(kind).HostAndPort;
        builder.Configuration.AddCoordination(path);
        Assert.Equal("30", builder.Configuration["jobs:timeout"]);
        await client.SetDataAsync(path + "/jobs/Timeout", "60");
        await EventuallyAsync("it is reloaded", () => builder.Configuration["jobs:timeout"] == "60");
        builder.Configuration.Dispose();
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    public async Task A_service_whose_session_ends_leads_again_and_health_tells(ServerKind kind)
    {
        await using var proxy = Network(kind);
        await using var client = await ConnectAsync(Options(proxy));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCoordination(client);
        builder.Services.AddSingleton(new Election(NewPath()));
        builder.Services.AddLeaderElectedService<Leader>();
        builder.Services.AddHealthChecks().AddCoordination();
        using var host = builder.Build();
        await host.StartAsync();
        var leader = host.Services.GetServices<IHostedService>().OfType<Leader>().Single();
        var health = host.Services.GetRequiredService<HealthCheckService>();
        long first = await leader.Led.Task.WaitAsync(Soon);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        proxy.Refuse();
        await ReachAsync(client, SessionState.Disconnected);
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Status);
        await SessionThief.EndAsync(proxy, client.Session!);
        await EventuallyAsync("it leads again", () => leader.LastToken > first);
        Assert.Equal(1, leader.Lost);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await host.StopAsync();
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
        private long _lastToken;
        private int _lost;

        public long LastToken => Interlocked.Read(ref _lastToken);

        public int Lost => Volatile.Read(ref _lost);

        public TaskCompletionSource<long> Led { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task LeadAsync(Leadership lead, CancellationToken cancellationToken)
        {
            Led.TrySetResult(lead.FencingToken);
            Interlocked.Exchange(ref _lastToken, lead.FencingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (lead.LostToken.IsCancellationRequested)
                Interlocked.Increment(ref _lost);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private sealed class JobOptions
    {
        public int Timeout { get; set; }
    }
}
