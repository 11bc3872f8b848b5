using System.Globalization;
using System.Net;
using System.Text;
using Coordination.Storage;

namespace Coordination.Grains.Cluster;

/// <summary>An ensemble as ZooKeeper writes it in <c>/zookeeper/config</c>, which clients take servers' addresses from.</summary>
/// <remarks>There are no ports for servers among themselves that would mean something to a ZooKeeper client: those that stand
/// there are ZooKeeper's customary ones, as its parser wants two, and others than the clients'.</remarks>
public static class EnsembleText
{
    private const int QuorumPort = 2888;
    private const int ElectionPort = 3888;

    /// <summary>The lines of the silos, one each; ZooKeeper's <c>server.N=HOST:PORT:PORT:ROLE;HOST:PORT</c>.</summary>
    public static IEnumerable<string> Lines(IEnumerable<SiloRecord> silos) => silos.Select(Line);

    /// <summary>The value of <c>/zookeeper/config</c>.</summary>
    /// <param name="silos">Who is in the ensemble; nothing for nobody.</param>
    /// <param name="version">Above that of every value before it.</param>
    public static byte[] Value(IReadOnlyList<SiloRecord> silos, long version) => silos.Count == 0
        ? []
        : Encoding.UTF8.GetBytes($"{string.Join('\n', Lines(silos))}\nversion={version:x}");

    /// <summary>ZooKeeper's word for what a silo does.</summary>
    public static string RoleOf(SiloRecord silo) => silo.Entry.Role == SiloRole.Observer ? "observer" : "participant";

    /// <summary>The host of an address of the form <c>HOST:PORT</c>, without the brackets of IPv6.</summary>
    public static string HostOf(string address) => address[..address.LastIndexOf(':')].Trim('[', ']');

    /// <summary>Whether a client can connect to an address: one that a silo listens on for all others is none.</summary>
    public static bool IsReachable(string address) =>
        !IPAddress.TryParse(HostOf(address), out var host) || !(host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));

    /// <summary>Where ZooKeeper would have the silo's port for followers.</summary>
    public static string QuorumAddressOf(SiloRecord silo) => WithPort(silo, QuorumPort);

    /// <summary>Where ZooKeeper would have the silo's port for elections.</summary>
    public static string ElectionAddressOf(SiloRecord silo) => WithPort(silo, ElectionPort);

    private static string Line(SiloRecord silo)
    {
        string election = ElectionAddressOf(silo);
        return $"server.{silo.Number}={QuorumAddressOf(silo)}{election[election.LastIndexOf(':')..]}"
            + $":{RoleOf(silo)};{silo.Entry.ClientAddress}";
    }

    private static string WithPort(SiloRecord silo, int port)
    {
        string address = silo.Entry.ClientAddress;
        int colon = address.LastIndexOf(':');
        bool isTaken = address.AsSpan(colon + 1).SequenceEqual(port.ToString(CultureInfo.InvariantCulture));
        return $"{address[..colon]}:{(isTaken ? port + 1 : port)}";
    }
}
