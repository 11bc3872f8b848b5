namespace Coordination.Testing.RawProtocol;

/// <summary>What a client says when it opens or re-attaches a session.</summary>
public sealed record ConnectParameters
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public TimeSpan SessionTimeout { get; init; } = DefaultTimeout;

    /// <summary>The session to re-attach to; 0 opens a new one.</summary>
    public long SessionId { get; init; }

    public byte[]? Password { get; init; } = new byte[16];

    public long LastZxidSeen { get; init; }

    /// <summary>What the xids go on from: those of ZooKeeper's own client go on when it re-attaches.</summary>
    public int LastXid { get; init; }

    /// <summary>The optional last field of the record: null leaves it out, as old clients do.</summary>
    public bool? ReadOnly { get; init; } = false;

    /// <summary>How long to wait for the connection and for the server's answer to it.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
