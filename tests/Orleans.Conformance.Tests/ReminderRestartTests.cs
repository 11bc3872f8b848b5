using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

/// <summary>Reminders outlive the host that they were registered with.</summary>
public sealed class ReminderRestartTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("reminders-").FullName;

    private GrainHostSettings Settings => new() { ReminderStore = Path.Combine(_folder, "reminders.db") };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_reminder_goes_on_after_a_restart_and_activates_its_grain()
    {
        await using (GrainHost before = await GrainHost.StartAsync(Settings))
            await before.Grains.GetGrain<IReminderGrain>("kept/with a slash").Register("r", 2 * Second, 5 * Second);

        await using GrainHost after = await GrainHost.StartAsync(Settings);
        Assert.Empty(after.Probe.Notes("kept/with a slash/life"));
        await after.PassAsync(3 * Second);

        AssertInCadence(await after.Probe.NotesAsync("kept/with a slash", 1), fewest: 0, period: 5);
        Assert.Equal("r", await after.Grains.GetGrain<IReminderGrain>("kept/with a slash").Find("r"));
    }

    [Fact]
    public async Task Ticks_that_fell_due_meanwhile_are_left_out_and_the_cadence_is_kept()
    {
        await using (GrainHost before = await GrainHost.StartAsync(Settings))
            await before.Grains.GetGrain<IReminderGrain>("missed").Register("r", 2 * Second, 5 * Second);

        await using GrainHost after = await GrainHost.StartLaterAsync(Settings, 10 * Second);
        await after.PassAsync(Second);
        await after.Grains.GetGrain<IReminderGrain>("missed").Find("r");
        AssertInCadence(after.Probe.Notes("missed"), fewest: 2, period: 5);
        await after.PassAsync(2 * Second);

        AssertInCadence(await after.Probe.NotesAsync("missed", 1), fewest: 2, period: 5);
    }

    [Fact]
    public async Task What_was_changed_last_is_what_goes_on()
    {
        await using (GrainHost before = await GrainHost.StartAsync(Settings))
        {
            await before.Grains.GetGrain<IReminderGrain>("ended").Register("r", 2 * Second, 5 * Second);
            await before.Grains.GetGrain<IReminderGrain>("ended").Unregister("r");
            await before.Grains.GetGrain<IReminderGrain>("replaced").Register("r", 2 * Second, 5 * Second);
            await before.Grains.GetGrain<IReminderGrain>("replaced").Register("r", 3 * Second, 7 * Second);
        }

        await using GrainHost after = await GrainHost.StartAsync(Settings);
        await after.PassAsync(4 * Second);

        AssertInCadence(await after.Probe.NotesAsync("replaced", 1), fewest: 0, period: 7);
        Assert.Empty(after.Probe.Notes("ended"));
        Assert.Null(await after.Grains.GetGrain<IReminderGrain>("ended").Find("r"));
    }

    // A host that takes long to stop and to start has the ticks left out that fell due meanwhile.
    private static void AssertInCadence(string[] notes, int fewest, int period)
    {
        IEnumerable<string> cadence = Enumerable.Range(fewest, 1 + GrainHost.MostTicksMissed)
            .Select(tick => $"r +{tick * period}s every {period}s");
        Assert.Distinct(notes);
        Assert.All(notes, note => Assert.Contains(note, cadence));
    }
}
