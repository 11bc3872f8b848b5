using System.Net;

namespace Coordination.Testing.Following;

/// <summary>One silo, or several, that keep no more of their log than they can be told to.</summary>
public sealed class ForgetfulSilos : IAsyncDisposable
{
    /// <summary>For tests that are not about silos that stand still with a busy machine, and are taken for dead.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly string[] s_retention = ["--log-retention", "1"];

    private readonly IAsyncDisposable _silos;

    private ForgetfulSilos(IAsyncDisposable silos, IReadOnlyList<IPEndPoint> endPoints) => (_silos, EndPoints) = (silos, endPoints);

    /// <summary>Where clients reach them.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Starts those that keep their log in a folder, or in a database.</summary>
    public static async Task<ForgetfulSilos> StartAsync(LogStore store)
    {
        if (store == LogStore.Folder)
        {
            var alone = await SiloProcess.StartAsync(new SiloOptions { Arguments = s_retention });
            return new ForgetfulSilos(alone, [alone.ClientEndPoint]);
        }
        var cluster = await SiloCluster.StartAsync(new ClusterOptions { Lease = Lease, Arguments = static _ => s_retention });
        return new ForgetfulSilos(cluster, cluster.EndPoints);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silos.DisposeAsync();
}
