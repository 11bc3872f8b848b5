using Coordination.Grains;
using Orleans.Hosting;

namespace Coordination.Silo;

/// <summary>Hosts the grains in this process alone: the <c>local</c> flavour.</summary>
internal static class LocalGrains
{
    /// <summary>Adds the grains and what runs them.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="reminders">The file that reminders are kept in; null where no single process has them to itself.</param>
    public static void AddGrains(this IServiceCollection services, string? reminders) =>
        services.AddLocalOrleans(orleans =>
        {
            orleans.GrainAssemblies.Add(typeof(LogGrain).Assembly);
            orleans.ReminderDatabasePath = reminders;
        });
}
