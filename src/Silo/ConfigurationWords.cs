using System.Globalization;
using Coordination.Silo.Options;

namespace Coordination.Silo;

/// <summary>What <c>conf</c> tells: the options under ZooKeeper's names.</summary>
internal static class ConfigurationWords
{
    /// <summary>Names and values, in ZooKeeper's order.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(SiloOptions options)
    {
        string folder = Path.GetFullPath(options.DataDir);
        string size = DataSize(options).ToString(CultureInfo.InvariantCulture);
        return
        [
            new("clientPort", $"{options.ClientPort}"),
            new("secureClientPort", options.SecureClientPort == 0 ? "-1" : $"{options.SecureClientPort}"),
            new("dataDir", folder),
            new("dataDirSize", size),
            new("dataLogDir", folder),
            new("dataLogSize", size),
            new("tickTime", $"{(int)options.TickTime.TotalMilliseconds}"),
            new("maxClientCnxns", $"{options.MaxClientConnections}"),
            new("minSessionTimeout", $"{(int)options.MinSessionTimeout.TotalMilliseconds}"),
            new("maxSessionTimeout", $"{(int)options.MaxSessionTimeout.TotalMilliseconds}"),
            new("clientPortListenBacklog", "-1"),
            new("serverId", "0"),
        ];
    }

    /// <summary>How many bytes the files of the data folder have, as <c>dirs</c> tells; 0 where the data is in a database.</summary>
    public static long DataSize(SiloOptions options)
    {
        var folder = new DirectoryInfo(Path.GetFullPath(options.DataDir));
        return folder.Exists ? folder.EnumerateFiles().Sum(static file => file.Length) : 0;
    }
}
