using System.Globalization;

namespace Coordination.Client;

/// <summary>What a connection string says.</summary>
/// <param name="Servers">The servers, in the order given.</param>
/// <param name="Chroot">The znode that is taken for the root, without a slash at its end; empty for the root.</param>
internal sealed record ConnectionTarget(IReadOnlyList<ServerAddress> Servers, string Chroot)
{
    private const int DefaultPort = 2181;

    /// <summary>What a client connects to: a transport of another kind stands for all servers.</summary>
    /// <exception cref="FormatException">The connection string is none; the message says why.</exception>
    internal static ConnectionTarget Of(CoordinationClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.ConnectionString);
        return options.Transport is { } transport
            ? new ConnectionTarget([new ServerAddress(transport.Name, 0)], Split(options.ConnectionString).Chroot)
            : Parse(options.ConnectionString);
    }

    /// <summary>Takes a connection string apart.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    internal static ConnectionTarget Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var (hosts, chroot) = Split(connectionString);
        var servers = hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (servers.Length == 0)
            throw new FormatException($"'{connectionString}' names no server");
        return new ConnectionTarget([.. servers.Select(ParseServer)], chroot);
    }

    private static (string Hosts, string Chroot) Split(string connectionString)
    {
        int slash = connectionString.IndexOf('/', StringComparison.Ordinal);
        string hosts = slash < 0 ? connectionString : connectionString[..slash];
        string chroot = slash < 0 ? string.Empty : connectionString[slash..].TrimEnd();
        if (chroot == "/")
            chroot = string.Empty;
        if (chroot.EndsWith('/') || chroot.Contains("//", StringComparison.Ordinal))
            throw new FormatException($"'{chroot}' is no path of a znode");
        return (hosts, chroot);
    }

    private static ServerAddress ParseServer(string text)
    {
        // An IPv6 address with a port stands in brackets; without brackets it has none.
        int colon = text.LastIndexOf(':');
        bool isBareIPv6 = !text.StartsWith('[') && colon > text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || isBareIPv6 || text.EndsWith(']'))
            return new ServerAddress(CheckHost(text.Trim('[', ']'), text), DefaultPort);
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            throw new FormatException($"'{text}' has no valid port");
        }
        return new ServerAddress(CheckHost(text[..colon].Trim('[', ']'), text), port);
    }

    private static string CheckHost(string host, string text) =>
        host.Length > 0 ? host : throw new FormatException($"'{text}' names no host");
}
