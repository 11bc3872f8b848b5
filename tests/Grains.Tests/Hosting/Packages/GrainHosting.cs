using Coordination.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Conformance.Hosting;
using Orleans.Hosting;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>Has Microsoft Orleans run the grains, a silo of one. Timers and reminders go by the clock of the test.</summary>
internal static class GrainHosting
{
    // The areas of Orleans for which time must not stand still, by the keys under which it looks for a clock of their own.
    private static readonly string[] _areasInRealTime =
        ["Orleans.Messaging", "Orleans.SystemTimers", "Orleans.Membership", "Orleans.ActivationManagement", "Orleans.GrainDirectory"];

    public static void AddGrains(HostApplicationBuilder builder, SiloSettings settings, string remindersPath)
    {
        foreach (string area in _areasInRealTime)
            builder.Services.AddKeyedSingleton(area, TimeProvider.System);
        builder.Services.AddKeyedSingleton<TimeProvider>("Orleans.Reminders", new CreepingTimeProvider(settings.Time));
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Take(), FreePort.Take());
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(ReminderTable.At(remindersPath));
            silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = settings.BackstopPeriod);
        });
    }

    public static int CountReminders(string remindersPath) =>
        ReminderTable.At(remindersPath).ReadRows(0, 0).GetAwaiter().GetResult().Reminders.Count;
}
