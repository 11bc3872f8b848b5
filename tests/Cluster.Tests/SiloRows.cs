using Coordination.Testing;
using Npgsql;

namespace Coordination.Cluster.Tests;

/// <summary>What a cluster's database says of its silos.</summary>
internal static class SiloRows
{
    /// <summary>How many silos are entered.</summary>
    internal static async Task<long> CountAsync(SiloCluster cluster)
    {
        await using var connection = new NpgsqlConnection(cluster.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM \"{cluster.Name}\".silo", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
