using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Coordination.Grains.Tests.Hosting;

/// <summary>Has src/Orleans.Local run the grains, by the clock of the test.</summary>
internal static class GrainHosting
{
    public static void AddGrains(HostApplicationBuilder builder, SiloSettings settings, string remindersPath) =>
        builder.Services.AddLocalOrleans(orleans =>
        {
            orleans.GrainAssemblies.Add(typeof(LogGrain).Assembly);
            orleans.ReminderDatabasePath = remindersPath;
            orleans.MinimumReminderPeriod = settings.BackstopPeriod;
        });

    public static int CountReminders(string remindersPath)
    {
        using var connection = new SqliteConnection($"Data Source={remindersPath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from reminder";
        return Convert.ToInt32(command.ExecuteScalar());
    }
}
