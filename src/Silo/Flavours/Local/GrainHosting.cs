using Coordination.Grains;
using Coordination.Silo.Options;
using Coordination.Storage;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.Runtime;

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
            orleans.ReminderDatabasePath = store is DataFolder folder ? RemindersIn(folder.Path) : null;
        });

    /// <summary>Where Orleans listens: nowhere, as there is one process.</summary>
    public static IEnumerable<ListenPlace> Places(SiloOptions options) => [];

    /// <summary>Checks the file that the grains keep in the data folder, and touches nothing.</summary>
    /// <exception cref="OrleansConfigurationException">It cannot be used.</exception>
    public static void CheckFiles(SiloOptions options)
    {
        if (options.Database is null)
            ReminderDatabase.Check(RemindersIn(options.DataDir));
    }

    private static string RemindersIn(string folder) => Path.Combine(folder, DataFolder.RemindersName);
}
