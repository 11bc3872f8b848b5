using System.Net;
using Coordination.Gateway.FourLetterWords;
using Coordination.Silo.Options;
using Coordination.Storage;

namespace Coordination.Silo;

/// <summary>The first lines that an operator sees.</summary>
internal static class Greeting
{
    /// <summary>Says where the silo listens, where its data is, and how to connect.</summary>
    public static void Print(SiloOptions options, IDataStore store, ServerFigures figures)
    {
        Console.WriteLine($"Coordination serves the ZooKeeper protocol on {new IPEndPoint(options.ClientAddress, options.ClientPort)}");
        Console.WriteLine($"  data     {store.Description} ({figures.Znodes} znodes, zxid 0x{figures.Zxid:x})");
        if (options.SecureClientPort != 0)
            Console.WriteLine($"  TLS      {new IPEndPoint(options.SecureClientAddress, options.SecureClientPort)}");
        if (options.HttpPort != 0)
            Console.WriteLine(
                $"  health   http://{new IPEndPoint(options.HttpAddress, options.HttpPort)}/healthz/ready, metrics at /metrics");
        string client = Reachable(options);
        Console.WriteLine($"  connect  zkCli.sh -server {client}   or   KazooClient('{client}')   or any ZooKeeper client");
    }

    // Nobody connects to all addresses: unless told how others reach it, whoever reads this is on its machine.
    private static string Reachable(SiloOptions options)
    {
        var address = options.ClientAddress;
        return new IPEndPoint(address, options.ClientPort).ToString() != options.AdvertisedClientAddress ? options.AdvertisedClientAddress
            : address.Equals(IPAddress.Any) ? $"{IPAddress.Loopback}:{options.ClientPort}"
            : address.Equals(IPAddress.IPv6Any) ? $"[{IPAddress.IPv6Loopback}]:{options.ClientPort}"
            : options.AdvertisedClientAddress;
    }
}
