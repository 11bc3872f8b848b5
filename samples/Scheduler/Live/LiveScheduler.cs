using System.Globalization;
using System.Runtime.InteropServices;
using Coordination.Client.Hosting;
using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Coordinating;
using Coordination.Scheduler.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Coordination.Scheduler.Live;

/// <summary>A silo and three nodes, each a process, and a view of what they do.</summary>
internal static class LiveScheduler
{
    private const int NodeCount = 3;
    private static readonly TimeSpan _refresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _freeze = TimeSpan.FromSeconds(12);

    /// <summary>Runs it until somebody ends it.</summary>
    public static async Task RunAsync(string[] arguments)
    {
        var configuration = new ConfigurationManager();
        configuration.AddSettings(arguments);
        string folder = Path.GetFullPath(configuration.GetSection(SchedulerOptions.Section)["Folder"] ?? "data/scheduler");
        Directory.CreateDirectory(folder);
        using var over = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, over));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, over));

        await using var silo = new ChildProcess(
            "silo", folder, () => Programs.Silo(folder, Port(configuration), GatewayPort(configuration)));
        if (configuration.GetValue("StartSilo", true))
            silo.Start();
        var nodes = Enumerable.Range(1, NodeCount)
            .Select(number => new ChildProcess($"node-{number}", folder, () => Programs.Node($"node-{number}", arguments)))
            .ToList();
        try
        {
            nodes.ForEach(static node => node.Start());
            AnsiConsole.MarkupLineInterpolated($"waiting for the service; what the processes say is in {folder}");
            await using var connection = await CoordinationConnection.OpenAsync(
                configuration, NullLoggerFactory.Instance, over.Token);
            var client = connection.Client;
            await client.ConnectedAsync(over.Token);
            configuration.AddCoordination(client, SchedulerPaths.Configuration);
            await using var view = await SchedulerView.StartAsync(client, configuration, nodes, over.Token);
            await ShowAsync(view, nodes, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // As asked for.
        }
        finally
        {
            await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
        }
    }

    private static async Task ShowAsync(SchedulerView view, List<ChildProcess> nodes, CancellationTokenSource over)
    {
        using var timer = new PeriodicTimer(_refresh);
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            while (await timer.WaitForNextTickAsync(over.Token))
                AnsiConsole.Write(view.Render());
        }
        await AnsiConsole.Live(view.Render()).StartAsync(async live =>
        {
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                while (Console.KeyAvailable)
                    Obey(Console.ReadKey(intercept: true).KeyChar, view, nodes, over);
                live.UpdateTarget(view.Render());
            }
        });
    }

    private static void Obey(char key, SchedulerView view, List<ChildProcess> nodes, CancellationTokenSource over)
    {
        var leader = nodes.Find(node => node.Name == view.Leader);
        switch (key)
        {
            case 'l':
                leader?.Kill();
                break;
            case 'f':
                _ = leader?.FreezeAsync(_freeze);
                break;
            case 'w':
                _ = nodes.Find(node => node != leader && !node.HasExited && !node.IsFrozen)?.FreezeAsync(_freeze);
                break;
            case 's':
                nodes.FindAll(static node => node.HasExited).ForEach(static node => node.Start());
                break;
            case 'q':
                over.Cancel();
                break;
        }
    }

    private static void End(PosixSignalContext context, CancellationTokenSource over)
    {
        context.Cancel = true;
        over.Cancel();
    }

    private static int Port(IConfiguration configuration) =>
        PortOf(CoordinationConnection.ConnectionString(configuration).Split('/')[0]);

    // Only an Orleans client needs it.
    private static int? GatewayPort(IConfiguration configuration) =>
        configuration["Coordination:Transport"] == "orleans" ? PortOf(configuration["Coordination:Gateways"] ?? ":30000") : null;

    private static int PortOf(string hosts)
    {
        string first = hosts.Split(',')[0];
        return int.Parse(first[(first.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }
}
