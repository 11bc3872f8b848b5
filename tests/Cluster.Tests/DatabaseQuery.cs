using Coordination.Testing;
using Npgsql;

namespace Coordination.Cluster.Tests;

/// <summary>Asks a cluster's database for one value.</summary>
internal static class DatabaseQuery
{
    internal static async Task<T> AskAsync<T>(PostgresServer server, string text)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many silos are entered.</summary>
    internal static Task<long> CountSilosAsync(SiloCluster cluster) =>
        AskAsync<long>(cluster.Database, $"SELECT count(*) FROM \"{cluster.Name}\".silo");
}
