using System.Text;
using Coordination.Engine.Requests;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Microsoft.Extensions.Logging;

namespace Coordination.Grains.Cluster;

/// <summary>Keeps <c>/zookeeper/config</c> true as silos join and leave: where this silo leads, it writes who there is.</summary>
/// <remarks>Clients such as Curator replace what they connect to by what they read there. So a last survivor leaves the list
/// as it is, for a client not to be left with one address; and where a silo does not say how it is reached, the list is
/// empty, which clients pass over.</remarks>
public sealed partial class EnsemblePublisher(
    Ensemble ensemble, Replica replica, SiloWriter writer, SiloLease lease, TimeProvider time,
    ILogger<EnsemblePublisher> logger)
{
    private const string VersionKey = "version=";

    private static readonly byte[] _path = "/zookeeper/config"u8.ToArray();

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (ensemble.Self is { } self && !EnsembleText.IsReachable(self.Entry.ClientAddress))
            LogUnreachable(self.Entry.ClientAddress);
        try
        {
            while (true)
            {
                if (ensemble.IsLeader && Due() is { } write)
                    await writer.WriteAsync(Caller.Service, write, cancellationToken);
                await Task.Delay(lease.BeatPeriod, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    // That another has written meanwhile is found by the version, and looked at again.
    private SetDataOperation? Due()
    {
        string current;
        int version;
        long zxid;
        using (replica.Lock.EnterRead())
        {
            var node = replica.State.Tree.Find(_path)!;
            current = Encoding.UTF8.GetString(node.Data);
            version = node.Stat.Version;
            zxid = replica.State.LastZxid;
        }
        var silos = ensemble.Present;
        if (!silos.All(silo => EnsembleText.IsReachable(silo.Entry.ClientAddress)))
            silos = [];
        string[] listed =
        [
            .. current.Split('\n').Where(
                line => line.Length > 0 && !line.StartsWith(VersionKey, StringComparison.Ordinal)),
        ];
        string[] lines = [.. EnsembleText.Lines(silos)];
        bool isLastSurvivor = lines.Length == 1 && listed.Contains(lines[0]);
        return isLastSurvivor || lines.SequenceEqual(listed)
            ? null
            : new SetDataOperation(_path, EnsembleText.Value(silos, zxid), version);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "This silo does not say how clients reach it (it listens on {Address}): /zookeeper/config stays empty")]
    private partial void LogUnreachable(string address);
}
