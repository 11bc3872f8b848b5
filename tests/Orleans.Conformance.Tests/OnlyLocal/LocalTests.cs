using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Conformance.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Conformance.OnlyLocal;

/// <summary>What src/Orleans.Local does in its own way.</summary>
public sealed class LocalTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("local-").FullName;
    private readonly List<ServiceProvider> _started = [];

    private string Database => Path.Combine(_folder, "reminders.db");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (ServiceProvider services in _started) await services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Calls_are_refused_before_the_host_has_started()
    {
        IGrainFactory grains = Build().GetRequiredService<IGrainFactory>();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => grains.GetGrain<IIntegerKeyGrain>(1).Key());
    }

    [Fact]
    public async Task No_grain_is_activated_while_the_host_stops()
    {
        await using GrainHost host = await GrainHost.StartAsync();
        Task hold = host.Grains.GetGrain<ILeavingGrain>("under way").Hold();
        await host.Probe.NotesAsync("under way", 2);
        Task stop = host.StopAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => host.Grains.GetGrain<ILeavingGrain>("late").Life());
        host.Probe.Open("under way/hold");
        await hold;
        await stop;
        Assert.Empty(host.Probe.Notes("late"));
    }

    [Fact]
    public async Task A_call_is_not_passed_on_for_ever()
    {
        IGrainFactory grains = await StartAsync();

        await Assert.ThrowsAsync<OrleansMessageRejectionException>(
            () => grains.GetGrain<IRestlessGrain>("restless").Nothing());
    }

    [Fact]
    public async Task An_interface_that_no_grain_can_have_is_refused_by_name()
    {
        IGrainFactory grains = await StartAsync();

        var refusal = Assert.Throws<OrleansConfigurationException>(() => grains.GetGrain<ISynchronousGrain>("no task"));
        Assert.Contains(nameof(ISynchronousGrain), refusal.Message);
    }

    [Fact]
    public async Task A_reminder_that_is_due_at_once_ticks_at_once()
    {
        IGrainFactory grains = await StartAsync();

        TickStatus tick = await grains.GetGrain<IPromptGrain>("prompt").Remind().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(tick.CurrentTickTime - tick.FirstTickTime < TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Reminders_of_a_later_format_are_not_touched()
    {
        await using (var connection = new SqliteConnection($"Data Source={Database};Pooling=false"))
        {
            SQLitePCL.Batteries_V2.Init();
            await connection.OpenAsync();
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "pragma user_version = 99";
            await command.ExecuteNonQueryAsync();
        }

        byte[] before = await File.ReadAllBytesAsync(Database);
        await RefuseDatabaseAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
    }

    [Fact]
    public async Task Reminders_in_a_file_that_is_damaged_are_not_touched()
    {
        await File.WriteAllTextAsync(Database, new string('x', 9000));
        Assert.Contains(Database, (await RefuseDatabaseAsync()).Message);
        Assert.Equal(new string('x', 9000), await File.ReadAllTextAsync(Database));

        File.Delete(Database);
        await StartAsync(options => options.ReminderDatabasePath = Database);
        await _started[^1].DisposeAsync();
        byte[] damaged = await File.ReadAllBytesAsync(Database);
        damaged.AsSpan(1000).Fill(0x5a);
        await File.WriteAllBytesAsync(Database, damaged);
        Assert.Contains("damaged", (await RefuseDatabaseAsync()).Message);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(Database));
    }

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_that_make_no_sense_are_refused(Action<LocalOrleansOptions> spoil) =>
        Assert.Throws<OrleansConfigurationException>(() => Build(spoil).GetRequiredService<IGrainFactory>());

    public static TheoryData<Action<LocalOrleansOptions>> BadOptions() =>
    [
        static options => options.ResponseTimeout = TimeSpan.Zero,
        static options => options.ResponseTimeout = Timeout.InfiniteTimeSpan,
        static options => options.CollectionAge = TimeSpan.Zero,
        static options => options.CollectionQuantum = TimeSpan.FromDays(30),
        static options => options.MinimumReminderPeriod = TimeSpan.Zero,
        static options => options.MaxEnqueuedRequestsHardLimit = 0,
    ];

    private Task<OrleansConfigurationException> RefuseDatabaseAsync() =>
        Assert.ThrowsAsync<OrleansConfigurationException>(() => StartAsync(options => options.ReminderDatabasePath = Database));

    private async Task<IGrainFactory> StartAsync(Action<LocalOrleansOptions>? configure = null)
    {
        ServiceProvider services = Build(configure);
        foreach (IHostedService service in services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        return services.GetRequiredService<IGrainFactory>();
    }

    private ServiceProvider Build(Action<LocalOrleansOptions>? configure = null)
    {
        ServiceCollection services = new();
        services.AddSingleton<Probe>();
        services.AddLocalOrleans(options =>
        {
            options.GrainAssemblies.Add(typeof(LocalTests).Assembly);
            configure?.Invoke(options);
        });
        ServiceProvider built = services.BuildServiceProvider();
        _started.Add(built);
        return built;
    }
}
