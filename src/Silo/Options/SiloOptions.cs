using System.Net;
using Coordination.Gateway.Tls;
using Coordination.Storage;

namespace Coordination.Silo.Options;

/// <summary>What an operator can set. Every option may stand in appsettings.json under its name, in the environment
/// (<c>--client-port</c> as <c>COORDINATION_CLIENT_PORT</c>), and on the command line, which has the last word.</summary>
internal sealed record SiloOptions
{
    /// <summary>The port of the ZooKeeper protocol; ZooKeeper's <c>clientPort</c>.</summary>
    public required int ClientPort { get; init; }

    /// <summary>The address that it listens on; ZooKeeper's <c>clientPortAddress</c>.</summary>
    public required IPAddress ClientAddress { get; init; }

    /// <summary>Where the clients of a silo that is one of several reach it, as <c>HOST:PORT</c>: what it listens on, unless
    /// set.</summary>
    public required string AdvertisedClientAddress { get; init; }

    /// <summary>The folder with the log and the checkpoint; ZooKeeper's <c>dataDir</c>.</summary>
    public required string DataDir { get; init; }

    /// <summary>The PostgreSQL database that the silos of a cluster share, as Npgsql writes it; null for a folder.</summary>
    public required string? Database { get; init; }

    /// <summary>The cluster's name: a schema of the database.</summary>
    public required string Cluster { get; init; }

    /// <summary>How long a silo is taken for alive after its last heartbeat in the database.</summary>
    public required TimeSpan SiloLease { get; init; }

    /// <summary>What the silo does for its cluster; ZooKeeper's <c>peerType</c>.</summary>
    public required SiloRole PeerType { get; init; }

    /// <summary>The highest format level that the silo lets the log have.</summary>
    public required int FormatLevel { get; init; }

    /// <summary>How old what the silo shows may be, where others write to its log too; ZooKeeper's <c>syncLimit</c>.</summary>
    public required TimeSpan SyncLimit { get; init; }

    /// <summary>Whether clients that ask for no more than reads are served while nobody else can be; ZooKeeper's
    /// <c>readonlymode.enabled</c>.</summary>
    public required bool ReadOnlyMode { get; init; }

    /// <summary>The address by which the other silos and Orleans' clients reach this one, and that it listens on for
    /// them; of the <c>packages</c> flavour.</summary>
    public required IPAddress SiloAddress { get; init; }

    /// <summary>The port for other silos; 0 for none, where there are no others. It authenticates nobody.</summary>
    public required int SiloPort { get; init; }

    /// <summary>The port for Orleans' clients; 0 for none. It authenticates nobody.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>The port of health and metrics; 0 for none.</summary>
    public required int HttpPort { get; init; }

    /// <summary>The address that it listens on.</summary>
    public required IPAddress HttpAddress { get; init; }

    /// <summary>The length of a tick; ZooKeeper's <c>tickTime</c>.</summary>
    public required TimeSpan TickTime { get; init; }

    /// <summary>The shortest session timeout; ZooKeeper's <c>minSessionTimeout</c>: two ticks unless set.</summary>
    public required TimeSpan MinSessionTimeout { get; init; }

    /// <summary>The longest session timeout; ZooKeeper's <c>maxSessionTimeout</c>: twenty ticks unless set.</summary>
    public required TimeSpan MaxSessionTimeout { get; init; }

    /// <summary>The longest frame in bytes; ZooKeeper's <c>jute.maxbuffer</c>.</summary>
    public required int JuteMaxBuffer { get; init; }

    /// <summary>How many connections an address may have, 0 for any number; ZooKeeper's <c>maxClientCnxns</c>.</summary>
    public required int MaxClientConnections { get; init; }

    /// <summary>How many connections there may be, 0 for any number; ZooKeeper's <c>maxCnxns</c>.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>How long a connection may take to ask for a session; ZooKeeper's
    /// <c>zookeeper.nio.sessionlessCnxnTimeout</c>.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How many writes may be in flight before clients are not read; ZooKeeper's <c>globalOutstandingLimit</c>.</summary>
    public required int GlobalOutstandingLimit { get; init; }

    /// <summary>How many sessions may be opened or attached at once, 0 for any number; ZooKeeper's
    /// <c>zookeeper.connection_throttle_tokens</c>.</summary>
    public required int ConnectionThrottleTokens { get; init; }

    /// <summary>How long it takes until more may be; ZooKeeper's <c>zookeeper.connection_throttle_fill_time</c>.</summary>
    public required TimeSpan ConnectionThrottleFillTime { get; init; }

    /// <summary>How many more may be then; ZooKeeper's <c>zookeeper.connection_throttle_fill_count</c>.</summary>
    public required int ConnectionThrottleFillCount { get; init; }

    /// <summary>From how many bytes on a write is large, -1 for none; ZooKeeper's <c>zookeeper.largeRequestThreshold</c>.</summary>
    public required int LargeRequestThreshold { get; init; }

    /// <summary>How many bytes of large writes may be in flight; ZooKeeper's <c>zookeeper.largeRequestMaxBytes</c>.</summary>
    public required int LargeRequestMaxBytes { get; init; }

    /// <summary>The four-letter words that are answered, or <c>*</c>; ZooKeeper's <c>4lw.commands.whitelist</c>.</summary>
    public required IReadOnlySet<string> FourLetterWords { get; init; }

    /// <summary>Whether znodes may have a time to live; ZooKeeper's <c>zookeeper.extendedTypesEnabled</c>.</summary>
    public required bool ExtendedTypesEnabled { get; init; }

    /// <summary>How long to wait between two looks for unused containers and expired znodes; ZooKeeper's
    /// <c>znode.container.checkIntervalMs</c>.</summary>
    public required TimeSpan ContainerCheckInterval { get; init; }

    /// <summary>How many of them are removed in a minute at most; ZooKeeper's <c>znode.container.maxPerMinute</c>.</summary>
    public required int ContainerMaxPerMinute { get; init; }

    /// <summary>How long a container that never had a child stays, zero for ever; ZooKeeper's
    /// <c>znode.container.maxNeverUsedIntervalMs</c>.</summary>
    public required TimeSpan ContainerMaxNeverUsed { get; init; }

    /// <summary>From when on a batch that takes long to become durable is warned of; ZooKeeper's
    /// <c>fsync.warningthresholdms</c>.</summary>
    public required TimeSpan FsyncWarningThreshold { get; init; }

    /// <summary>Whose digest may do anything, as <c>super:base64(SHA1(super:password))</c>; null for nobody's. ZooKeeper's
    /// <c>zookeeper.DigestAuthenticationProvider.superDigest</c>.</summary>
    public required string? SuperDigest { get; init; }

    /// <summary>Whether ACLs are kept and not enforced for ZooKeeper's clients; ZooKeeper's <c>skipACL</c>.</summary>
    public required bool SkipAcl { get; init; }

    /// <summary>The schemes of which a client must have authenticated by one before it asks for anything else; empty for
    /// none. ZooKeeper's <c>enforce.auth.enabled</c> with <c>enforce.auth.schemes</c>, and its
    /// <c>sessionRequireClientSASLAuth</c>, which is short for the scheme sasl.</summary>
    public required IReadOnlySet<string> EnforcedAuthSchemes { get; init; }

    /// <summary>The passwords of those who may log in by SASL's DIGEST-MD5, by user, from the file that
    /// <c>--sasl-users-file</c> names; what ZooKeeper has in the JAAS section <c>Server</c>.</summary>
    public required IReadOnlyDictionary<string, string> SaslPasswords { get; init; }

    /// <summary>Those among them who may do anything; ZooKeeper's <c>zookeeper.superUser</c>.</summary>
    public required IReadOnlySet<string> SuperUsers { get; init; }

    /// <summary>Whether writes are held to quotas; ZooKeeper's <c>enforceQuota</c>, which is off there unless set.</summary>
    public required bool EnforceQuota { get; init; }

    /// <summary>The port of the ZooKeeper protocol over TLS, 0 for none; ZooKeeper's <c>secureClientPort</c>.</summary>
    public required int SecureClientPort { get; init; }

    /// <summary>The address that it listens on; ZooKeeper's <c>secureClientPortAddress</c>.</summary>
    public required IPAddress SecureClientAddress { get; init; }

    /// <summary>How the secure client port encrypts; null where there is none.</summary>
    public required TlsOptions? Tls { get; init; }

    /// <summary>Whether a line is written for every write of a client, done or refused; ZooKeeper's
    /// <c>audit.enable</c>.</summary>
    public required bool AuditEnable { get; init; }

    /// <summary>The file that the lines are appended to; null for the log, under the category <c>audit</c>.</summary>
    public required string? AuditFile { get; init; }

    /// <summary>How many bytes of log are kept, however far the checkpoint is.</summary>
    public required long LogRetention { get; init; }

    /// <summary>How many bytes of memory the process may use before it warns.</summary>
    public required long MemorySoftLimit { get; init; }

    /// <summary>How many bytes of memory the process may use before it refuses writes that grow the tree.</summary>
    public required long MemoryHardLimit { get; init; }
}
