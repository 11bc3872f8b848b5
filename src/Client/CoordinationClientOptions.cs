using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Coordination.Client;

/// <summary>How a <see cref="CoordinationClient"/> connects, and what bounds it.</summary>
/// <remarks>The constructor of the client holds them to their bounds: all times are above zero, and 24 days at most.</remarks>
public sealed record CoordinationClientOptions
{
    /// <summary>The servers, and the znode that the client takes for its root:
    /// <c>host:port,host:port/chroot</c>. The port is 2181 where none is given. With a <see cref="Transport"/>, which finds
    /// servers by itself, only the root of it counts, and no server need be named.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The session timeout to ask for; the server has its own bounds, from 2 to 20 of its
    /// ticks as a rule. 10 seconds where nothing is said.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long connecting to one server may take, TLS, login and attaching the session with it. 5 seconds
    /// where nothing is said.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request may wait until it can be sent; then it fails with
    /// <see cref="ConnectionLossException"/>. 30 seconds where nothing is said; noticed when a connection is next tried in
    /// vain.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the client waits at least when it has tried all servers in vain; it doubles from round to
    /// round, and each wait is a random part of it. 50 milliseconds where nothing is said.</summary>
    public TimeSpan ShortestRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the client waits at most before it tries all servers again. 2 seconds where nothing is
    /// said.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the client makes do with a server that can only be read while none that writes can be reached.</summary>
    /// <remarks>As <c>canBeReadOnly</c> in ZooKeeper's own client. Such a server has lost the others, or its database: what it
    /// answers is true and may be old, and it does not keep the session alive, which ends by the client's own clock unless a
    /// server that writes is found before. The client looks for one meanwhile.</remarks>
    public bool AllowReadOnly { get; init; }

    /// <summary>How long the disposal of a client waits for the server to close the session; then that ends by its timeout. 5
    /// seconds where nothing is said.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The identities to add to each connection.</summary>
    public IReadOnlyList<Credential> Credentials { get; init; } = [];

    /// <summary>Whom to log in as by SASL; null for nobody.</summary>
    public SaslCredential? Sasl { get; init; }

    /// <summary>TLS, where the servers' port wants it; null for a plain connection. Where it names no
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/>, that is the host that is connected to.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>What connections are made by; null for TCP, to the servers of the <see cref="ConnectionString"/>.</summary>
    public IClientTransport? Transport { get; init; }

    /// <summary>How many requests may be sent and not yet answered; further ones wait for their turn. At least 1;
    /// 1024 where nothing is said.</summary>
    public int MaxInFlight { get; init; } = 1024;

    /// <summary>How many requests may wait for their turn or for a connection; further ones fail at once with
    /// <see cref="Protocol.ErrorCode.ThrottledOperation"/>. At least 1; 65,536 where nothing is said.</summary>
    public int MaxWaiting { get; init; } = 65_536;

    /// <summary>The longest request in bytes, as the servers' <c>jute.maxbuffer</c> has it: a longer one fails here,
    /// since a server would close the connection. At least 1024; a megabyte less one byte where nothing is said.</summary>
    public int LongestRequest { get; init; } = 1_048_575;

    /// <summary>The longest answer in bytes that is taken; a longer one ends the connection. At least 1024;
    /// 64 megabytes where nothing is said.</summary>
    public int LongestReply { get; init; } = 64 * 1024 * 1024;

    /// <summary>Where the client logs; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>What time it is, and what timers run by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ConnectionTarget.Of(this);
        CheckPositive(SessionTimeout, nameof(SessionTimeout));
        CheckPositive(ConnectTimeout, nameof(ConnectTimeout));
        CheckPositive(RequestTimeout, nameof(RequestTimeout));
        CheckPositive(ShortestRetryDelay, nameof(ShortestRetryDelay));
        CheckPositive(LongestRetryDelay, nameof(LongestRetryDelay));
        CheckPositive(CloseTimeout, nameof(CloseTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaiting, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestRequest, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestReply, 1024);
    }

    private static void CheckPositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
            throw new ArgumentOutOfRangeException(name, value, "must be positive, and not more than 24 days");
    }
}
