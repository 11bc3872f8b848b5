using System.Net;
using Coordination.Grains.Replication;
using Coordination.Silo.Options;
using Coordination.Storage;

namespace Coordination.Silo;

/// <summary>The first lines that an operator sees.</summary>
internal static class Greeting
{
    /// <summary>Says where the silo listens, where its data is, and how to connect.</summary>
    public static void Print(SiloOptions options, IDataStore store, Replica replica)
    {
        var client = new IPEndPoint(options.ClientAddress, options.ClientPort);
        Console.WriteLine($"Coordination serves the ZooKeeper protocol on {client}");
        Console.WriteLine($"  data     {store.Description} ({replica.State.Tree.Count} znodes, zxid 0x{replica.LastZxid:x})");
        if (options.SecureClientPort != 0)
            Console.WriteLine($"  TLS      {new IPEndPoint(options.SecureClientAddress, options.SecureClientPort)}");
        if (options.HttpPort != 0)
            Console.WriteLine($"  health   http://{new IPEndPoint(options.HttpAddress, options.HttpPort)}/healthz/ready, metrics at /metrics");
        Console.WriteLine($"  connect  zkCli.sh -server {client}   or   KazooClient('{client}')   or any ZooKeeper client");
    }
}
