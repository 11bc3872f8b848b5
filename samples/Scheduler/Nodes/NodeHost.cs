using Coordination.Client.Hosting;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Results;
using Coordination.Scheduler.Triggering;
using Coordination.Scheduler.Working;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coordination.Scheduler.Nodes;

/// <summary>A node of the scheduler: all that it consists of.</summary>
internal static class NodeHost
{
    /// <summary>Runs it until the process is told to end.</summary>
    public static async Task RunAsync(string[] arguments)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddSettings(arguments);
        using var loggers = LoggerFactory.Create(AddConsole);
        AddConsole(builder.Logging);

        await using var connection = await CoordinationConnection.OpenAsync(builder.Configuration, loggers);
        var client = connection.Client;
        builder.Configuration.AddCoordination(client, SchedulerPaths.Configuration);
        builder.Services.AddCoordination(client);
        builder.Services.AddSingleton(provider => new DistributedLockFactory(client) { Root = SchedulerPaths.Locks });
        builder.Services.AddHealthChecks().AddCoordination();
        builder.Services.AddSingleton<IHealthCheckPublisher, HealthLog>();

        Configure(builder.Services, builder.Configuration);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Jobs>();
        builder.Services.AddSingleton<ResultStore>();
        builder.Services.AddSingleton<TickLedger>();
        builder.Services.AddSingleton<AttemptRunner>();
        builder.Services.AddHostedSingleton<QuotaBook>();
        builder.Services.AddHostedSingleton<Worker>();
        builder.Services.AddHostedService<NodeRegistration>();
        builder.Services.AddHostedService<DailyCleanService>();
        builder.Services.AddLeaderElectedService<TriggerService>();
        using var host = builder.Build();
        await host.RunAsync();
    }

    /// <summary>Adds the settings: a file, the environment, and the command line, which has the last word before
    /// <c>/taier/conf</c>.</summary>
    public static void AddSettings(this IConfigurationBuilder configuration, string[] arguments)
    {
        string file = new ConfigurationBuilder().AddCommandLine(arguments).Build()["settings"]
            ?? Path.Combine(AppContext.BaseDirectory, "appsettings.json");
        configuration.AddJsonFile(Path.GetFullPath(file), optional: false)
            .AddEnvironmentVariables()
            .AddCommandLine(arguments);
    }

    private static void Configure(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<SchedulerOptions>(configuration.GetSection(SchedulerOptions.Section));
        services.Configure<CleanOptions>(configuration.GetSection(CleanOptions.Section));
        services.Configure<JobCatalogue>(configuration.GetSection(JobCatalogue.Section));
    }

    private static void AddHostedSingleton<TService>(this IServiceCollection services)
        where TService : class, IHostedService
    {
        services.AddSingleton<TService>();
        services.AddHostedService(static provider => provider.GetRequiredService<TService>());
    }

    private static void AddConsole(ILoggingBuilder logging) => logging.AddSimpleConsole(static console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "HH:mm:ss.fff ";
        console.UseUtcTimestamp = true;
    });
}
