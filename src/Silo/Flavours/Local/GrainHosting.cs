using Coordination.Grains;
using Coordination.Silo.Options;
using Coordination.Storage;
using Orleans.Hosting;

namespace Coordination.Silo.Flavours;

/// <summary>Hosts the grains in this process alone: the <c>local</c> flavour.</summary>
internal static class GrainHosting
{
    /// <summary>Adds the grains and what runs them.</summary>
    /// <remarks>Reminders are kept where a single process has them to itself; silos that share a database watch over each
    /// other's sessions without.</remarks>
    public static void AddGrains(this WebApplicationBuilder builder, SiloOptions options, IDataStore store) =>
        builder.Services.AddLocalOrleans(orleans =>
        {
            orleans.GrainAssemblies.Add(typeof(LogGrain).Assembly);
            orleans.ReminderDatabasePath = store is DataFolder folder ? Path.Combine(folder.Path, "reminders.db") : null;
        });
}
