using System.Net;
using System.Text;
using Coordination.Storage;

namespace Coordination.Grains.Cluster;

/// <summary>An ensemble as ZooKeeper writes it in <c>/zookeeper/config</c>, which clients take servers' addresses from.</summary>
/// <remarks>The ports for servers among themselves, which there are none of, are the clients' port.</remarks>
public static class EnsembleText
{
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

    private static string Line(SiloRecord silo)
    {
        string address = silo.Entry.ClientAddress;
        return $"server.{silo.Number}={address}:{address[(address.LastIndexOf(':') + 1)..]}:{RoleOf(silo)};{address}";
    }
}
