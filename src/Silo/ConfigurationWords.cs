using System.Text;
using Coordination.Gateway;
using Coordination.Grains.Cluster;
using Coordination.Grains.Replication;
using Coordination.Silo.Options;
using Coordination.Storage;

namespace Coordination.Silo;

/// <summary>What <c>conf</c> tells: the options under ZooKeeper's names, and who is in the ensemble.</summary>
internal sealed class ConfigurationWords(
    SiloOptions options, StoreMonitor store, Ensemble ensemble, SiloNumber number, Replica replica)
{
    /// <summary>The lines, in ZooKeeper's order.</summary>
    public async ValueTask<IEnumerable<string>> LinesAsync()
    {
        var figures = await store.MeasureAsync();
        IEnumerable<string> lines =
        [
            $"clientPort={options.ClientPort}",
            $"secureClientPort={(options.SecureClientPort == 0 ? -1 : options.SecureClientPort)}",
            $"dataDir={store.Place}",
            $"dataDirSize={figures.DataBytes}",
            $"dataLogDir={store.Place}",
            $"dataLogSize={figures.LogBytes}",
            $"tickTime={Milliseconds(options.TickTime)}",
            $"maxClientCnxns={options.MaxClientConnections}",
            $"minSessionTimeout={Milliseconds(options.MinSessionTimeout)}",
            $"maxSessionTimeout={Milliseconds(options.MaxSessionTimeout)}",
            "clientPortListenBacklog=-1",
            $"serverId={(ensemble.IsAlone ? 0 : number.Value)}",
        ];
        return ensemble.IsAlone ? lines : [.. lines, .. EnsembleLines()];
    }

    private static int Milliseconds(TimeSpan time) => (int)time.TotalMilliseconds;

    private IEnumerable<string> EnsembleLines()
    {
        yield return $"syncLimit={(int)Math.Ceiling(options.SyncLimit / options.TickTime)}";
        yield return $"peerType={(ensemble.Role == SiloRole.Observer ? 1 : 0)}";
        yield return "membership: ";
        yield return Published();
    }

    private string Published()
    {
        using (replica.Lock.EnterRead())
            return Encoding.UTF8.GetString(replica.State.Tree.Find("/zookeeper/config"u8)!.Data);
    }
}
