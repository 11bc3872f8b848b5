using Coordination.Gateway.Authentication;

namespace Coordination.Gateway;

/// <summary>The limits of the ZooKeeper protocol's side of a silo.</summary>
public sealed record GatewayOptions
{
    /// <summary>The longest frame that is taken, in bytes; ZooKeeper's <c>jute.maxbuffer</c>.</summary>
    public int LongestFrame { get; init; } = 0xfffff;

    /// <summary>How many connections one address may have; 0 for any number; ZooKeeper's <c>maxClientCnxns</c>.</summary>
    public int MostConnectionsPerAddress { get; init; } = 10_000;

    /// <summary>How many connections there may be; 0 for any number; ZooKeeper's <c>maxCnxns</c>.</summary>
    public int MostConnections { get; init; }

    /// <summary>How many sessions may be opened or attached at once; 0 for any number; ZooKeeper's
    /// <c>zookeeper.connection_throttle_tokens</c>.</summary>
    public int ConnectionTokens { get; init; }

    /// <summary>How long it takes until more may be; ZooKeeper's <c>zookeeper.connection_throttle_fill_time</c>.</summary>
    public TimeSpan ConnectionFillTime { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How many more may be then; ZooKeeper's <c>zookeeper.connection_throttle_fill_count</c>.</summary>
    public int ConnectionFillCount { get; init; } = 1;

    /// <summary>From how many bytes on a write is large; -1 for none; ZooKeeper's <c>zookeeper.largeRequestThreshold</c>.</summary>
    public int LargeRequestThreshold { get; init; } = -1;

    /// <summary>How many bytes of large writes may be in flight; ZooKeeper's <c>zookeeper.largeRequestMaxBytes</c>.</summary>
    public long MostLargeRequestBytes { get; init; } = 100 << 20;

    /// <summary>How long a connection may take to send its connect frame whole.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether clients that ask for no more than reads are served while the silo serves nobody else; ZooKeeper's
    /// <c>readonlymode.enabled</c>.</summary>
    public bool TakesReadOnlySessions { get; init; } = true;

    /// <summary>How many writes of one connection may be in flight; beyond it the connection is not read.</summary>
    public int MostOutstanding { get; init; } = 1000;

    /// <summary>How many bytes of answers may wait for a client to read them before its requests are not read.</summary>
    public int MostUnsentAnswers { get; init; } = 256 * 1024;

    /// <summary>How many bytes may wait for a client to read them before its connection is closed.</summary>
    /// <remarks>At the least, two answers of the greatest length.</remarks>
    public int MostUnsent => Math.Max(64 << 20, 2 * LongestFrame);

    /// <summary>The four-letter words that are answered; ZooKeeper's <c>4lw.commands.whitelist</c>.</summary>
    public IReadOnlySet<string> FourLetterWords { get; init; } =
        new HashSet<string> { "srvr", "ruok", "mntr", "isro" };

    /// <summary>Whether all four-letter words are answered: a whitelist of <c>*</c>.</summary>
    public bool AllFourLetterWords { get; init; }

    /// <summary>How many bytes all data have, and the log, as <c>dirs</c> tells at the moment that it is asked.</summary>
    public Func<ValueTask<(long Data, long Log)>> DataSize { get; init; } = static () => default;

    /// <summary>How clients may say who they are.</summary>
    public AuthenticationOptions Authentication { get; init; } = new();

    /// <summary>What <c>conf</c> tells, line by line, at the moment that it is asked.</summary>
    public Func<ValueTask<IEnumerable<string>>> Configuration { get; init; } =
        static () => ValueTask.FromResult<IEnumerable<string>>([]);
}
