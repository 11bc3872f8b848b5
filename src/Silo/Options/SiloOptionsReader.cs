using System.Net;
using Coordination.Engine.Log;
using Coordination.Gateway.FourLetterWords;
using Coordination.Storage;

namespace Coordination.Silo.Options;

/// <summary>Reads the options, and says in one line what is wrong with them.</summary>
internal static class SiloOptionsReader
{
    private const long Megabyte = 1 << 20;

    private static readonly string[] _names =
    [
        "client-port", "client-address", "data-dir", "database", "cluster", "silo-lease", "peer-type", "format-level", "sync-limit",
        "read-only-mode", "advertised-client-address",
        "silo-address", "silo-port", "gateway-port",
        "http-port", "http-address", "tick-time", "min-session-timeout",
        "max-session-timeout", "jute-max-buffer", "max-client-connections", "four-letter-words", "log-retention",
        "memory-soft-limit", "memory-hard-limit", "extended-types-enabled", "container-check-interval",
        "container-max-per-minute", "container-max-never-used", "fsync-warning-threshold", "super-digest", "skip-acl", "enforce-auth-enabled",
        "enforce-auth-schemes", "session-require-client-sasl-auth", "sasl-users-file", "super-user",
        "enforce-quota", "audit-enable", "audit-file",
        "max-connections", "connect-timeout", "global-outstanding-limit", "connection-throttle-tokens",
        "connection-throttle-fill-time", "connection-throttle-fill-count", "large-request-threshold", "large-request-max-bytes",
        "secure-client-port", "secure-client-address", "tls-certificate", "tls-key", "tls-key-store", "tls-password-file",
        "tls-trust", "tls-client-auth", "tls-handshake-timeout", "tls-outstanding-handshakes", "x509-super-user",
    ];

    /// <summary>Everything that can be set.</summary>
    public static IReadOnlyList<string> Names => _names;

    /// <summary>Reads the options.</summary>
    /// <exception cref="OptionException">A value is not one that the option can have.</exception>
    public static SiloOptions Read(IConfiguration configuration)
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        int port = Number(configuration, "client-port", 2181, 1, 65_535);
        int tick = Number(configuration, "tick-time", 2000, 10, 60_000);
        bool isAlone = string.IsNullOrEmpty(configuration["database"]);
        int hardLimit = Number(configuration, "memory-hard-limit", (int)(memory / Megabyte * 85 / 100), 1, int.MaxValue);
        var options = new SiloOptions
        {
            ClientPort = port,
            AdvertisedClientAddress = AdvertisedAddress(configuration, port),
            ClientAddress = Address(configuration, "client-address"),
            DataDir = configuration["data-dir"] is { Length: > 0 } folder ? folder : "data",
            Database = configuration["database"] is { Length: > 0 } database ? database : null,
            Cluster = configuration["cluster"] is { Length: > 0 } cluster ? cluster : "coordination",
            SiloLease = TimeSpan.FromMilliseconds(Number(configuration, "silo-lease", 5 * tick, 100, 600_000)),
            SyncLimit = TimeSpan.FromMilliseconds(Number(configuration, "sync-limit", 5 * tick, 100, 600_000)),
            ReadOnlyMode = Flag(configuration, "read-only-mode", otherwise: true),
            PeerType = PeerType(configuration),
            FormatLevel = Number(configuration, "format-level", LogFormat.CurrentLevel, 1, LogFormat.CurrentLevel),
            SiloAddress = Address(configuration, "silo-address"),
            SiloPort = Number(configuration, "silo-port", isAlone ? 0 : 11_111, isAlone ? 0 : 1, 65_535),
            GatewayPort = Number(configuration, "gateway-port", isAlone ? 0 : 30_000, 0, 65_535),
            HttpPort = Number(configuration, "http-port", 8080, 0, 65_535),
            HttpAddress = Address(configuration, "http-address"),
            TickTime = TimeSpan.FromMilliseconds(tick),
            MinSessionTimeout = TimeSpan.FromMilliseconds(Number(configuration, "min-session-timeout", 2 * tick, 1, int.MaxValue)),
            MaxSessionTimeout = TimeSpan.FromMilliseconds(Number(configuration, "max-session-timeout", 20 * tick, 1, int.MaxValue)),
            JuteMaxBuffer = Number(configuration, "jute-max-buffer", 0xfffff, 1024, 256 << 20),
            MaxClientConnections = Number(configuration, "max-client-connections", 10_000, 0, int.MaxValue),
            ExtendedTypesEnabled = Flag(configuration, "extended-types-enabled", otherwise: true),
            ContainerCheckInterval = TimeSpan.FromMilliseconds(Number(configuration, "container-check-interval", 60_000, 10, int.MaxValue)),
            ContainerMaxPerMinute = Number(configuration, "container-max-per-minute", 10_000, 1, 1_000_000),
            ContainerMaxNeverUsed = TimeSpan.FromMilliseconds(Number(configuration, "container-max-never-used", 0, 0, int.MaxValue)),
            FsyncWarningThreshold = TimeSpan.FromMilliseconds(Number(configuration, "fsync-warning-threshold", 1000, 0, 600_000)),
            FourLetterWords = List(configuration, "four-letter-words", "srvr,ruok,mntr,isro"),
            SuperDigest = SecurityOptionsReader.SuperDigest(configuration),
            SkipAcl = Flag(configuration, "skip-acl", otherwise: false),
            EnforcedAuthSchemes = SecurityOptionsReader.EnforcedSchemes(configuration),
            SaslPasswords = SecurityOptionsReader.SaslPasswords(configuration),
            EnforceQuota = Flag(configuration, "enforce-quota", otherwise: true),
            AuditEnable = Flag(configuration, "audit-enable", otherwise: false),
            AuditFile = configuration["audit-file"] is { Length: > 0 } file ? file : null,
            SuperUsers = List(configuration, "super-user", ""),
            MaxConnections = Number(configuration, "max-connections", 0, 0, int.MaxValue),
            ConnectTimeout = TimeSpan.FromMilliseconds(Number(configuration, "connect-timeout", 10_000, 10, 600_000)),
            GlobalOutstandingLimit = Number(configuration, "global-outstanding-limit", 16_384, 1, 1_000_000),
            ConnectionThrottleTokens = Number(configuration, "connection-throttle-tokens", 0, 0, int.MaxValue),
            ConnectionThrottleFillTime = TimeSpan.FromMilliseconds(
                Number(configuration, "connection-throttle-fill-time", 1, 1, 600_000)),
            ConnectionThrottleFillCount = Number(configuration, "connection-throttle-fill-count", 1, 1, 1_000_000),
            LargeRequestThreshold = Number(configuration, "large-request-threshold", -1, -1, int.MaxValue),
            LargeRequestMaxBytes = Number(configuration, "large-request-max-bytes", 100 << 20, 0, int.MaxValue),
            SecureClientPort = Number(configuration, "secure-client-port", 0, 0, 65_535),
            SecureClientAddress = Address(configuration, "secure-client-address"),
            Tls = TlsOptionsReader.Read(configuration),
            LogRetention = Number(configuration, "log-retention", 256, 1, int.MaxValue) * Megabyte,
            MemorySoftLimit = Megabyte * Number(
                configuration, "memory-soft-limit", Math.Min((int)(memory / Megabyte * 7 / 10), hardLimit), 1, int.MaxValue),
            MemoryHardLimit = hardLimit * Megabyte,
        };
        if (options.MinSessionTimeout > options.MaxSessionTimeout)
            throw new OptionException("--min-session-timeout is above --max-session-timeout");
        if (options.MemorySoftLimit > options.MemoryHardLimit)
            throw new OptionException($"--memory-soft-limit is above --memory-hard-limit, which is {hardLimit}");
        if (options.FourLetterWords.FirstOrDefault(static word => word != "*" && !WordAnswers.Words.Contains(word)) is { } unknown)
            throw new OptionException(
                $"--four-letter-words has {unknown}, but there are {string.Join(", ", WordAnswers.Words)}, or * for all");
        if (options.HttpPort == options.ClientPort)
            throw new OptionException("--http-port and --client-port are the same");
        SecurityOptionsReader.Check(options);
        if (options.SecureClientPort != 0
            && (options.SecureClientPort == options.ClientPort || options.SecureClientPort == options.HttpPort))
            throw new OptionException("--secure-client-port is the same as --client-port or --http-port");
        if (options.PeerType == SiloRole.Observer && options.Database is null)
            throw new OptionException("--peer-type is observer, but there is no --database that others could share");
        if (options.AuditFile is not null && !options.AuditEnable)
            throw new OptionException("--audit-file is set, but --audit-enable is not true");
        return options;
    }

    internal static int Number(IConfiguration configuration, string name, int otherwise, int least, int most)
    {
        if (configuration[name] is not { Length: > 0 } text)
            return otherwise;
        if (!int.TryParse(text, out int number) || number < least || number > most)
            throw new OptionException($"--{name} is {text}, but must be a number from {least} to {most}; unless set, it is {otherwise}");
        return number;
    }

    /// <summary>Reads an option that is on or off.</summary>
    /// <exception cref="OptionException">The value is neither.</exception>
    internal static bool Flag(IConfiguration configuration, string name, bool otherwise) =>
        configuration[name]?.ToLowerInvariant() switch
        {
            null or "" => otherwise,
            "true" or "yes" => true,
            "false" or "no" => false,
            var text => throw new OptionException($"--{name} is {text}, but must be true or false"),
        };

    /// <summary>Reads an option that lists things with commas between.</summary>
    internal static HashSet<string> List(IConfiguration configuration, string name, string otherwise) =>
        (configuration[name] ?? otherwise)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    private static SiloRole PeerType(IConfiguration configuration) => configuration["peer-type"] switch
    {
        null or "" or "participant" => SiloRole.Participant,
        "observer" => SiloRole.Observer,
        var text => throw new OptionException($"--peer-type is {text}, but must be participant or observer"),
    };

    private static string AdvertisedAddress(IConfiguration configuration, int port)
    {
        if (configuration["advertised-client-address"] is not { Length: > 0 } text)
            return new IPEndPoint(Address(configuration, "client-address"), port).ToString();
        if (IPAddress.TryParse(text, out var address))
            return new IPEndPoint(address, port).ToString();
        string whole = text.EndsWith(']') || !text.Contains(':') ? $"{text}:{port}" : text;
        if (Uri.TryCreate($"tcp://{whole}", UriKind.Absolute, out var uri) && uri.Port > 0 && whole == $"{uri.Host}:{uri.Port}")
            return whole;
        throw new OptionException(
            $"--advertised-client-address is {text}, but must be how clients reach this silo, such as silo1.example.org:2181");
    }

    private static IPAddress Address(IConfiguration configuration, string name)
    {
        string text = configuration[name] ?? "127.0.0.1";
        return IPAddress.TryParse(text, out var address)
            ? address
            : throw new OptionException($"--{name} is {text}, but must be an IP address, such as 127.0.0.1 or 0.0.0.0");
    }
}
