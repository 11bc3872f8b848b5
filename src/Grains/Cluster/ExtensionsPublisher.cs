using System.Text;
using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Coordination.Protocol;

namespace Coordination.Grains.Cluster;

/// <summary>Keeps <see cref="ExtensionList.Path"/> true: where this silo leads, it writes what the format level in force
/// lets clients use.</summary>
/// <remarks>A new log begins with it. One that an older version began has it once no silo of that version lives.</remarks>
public sealed class ExtensionsPublisher(Ensemble ensemble, Replica replica, SiloWriter writer, SiloLease lease, TimeProvider time)
{
    private static readonly byte[] _path = Encoding.UTF8.GetBytes(ExtensionList.Path);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
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

    // That another has written meanwhile is found by the version, or by the znode's being there, and looked at again.
    private WriteOperation? Due()
    {
        using (replica.Lock.EnterRead())
        {
            byte[] list = OfferedExtensions.ListAt(replica.State.FormatLevel);
            var node = replica.State.Tree.Find(_path);
            if (node is null && list.Length == 0)
                return null;
            if (node is null)
                return new CreateOperation(_path, list, [Acl.ReadOnly], (int)CreateMode.Persistent, returnsStat: false);
            return node.Data.SequenceEqual(list) ? null : new SetDataOperation(_path, list, node.Stat.Version);
        }
    }
}
