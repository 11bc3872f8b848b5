namespace Coordination.Testing.RawProtocol;

/// <summary>A reply, with an error or a value.</summary>
public sealed class Reply<T>
{
    private readonly T _value;
    private readonly string _request;

    internal Reply(int xid, long zxid, ErrorCode error, long arrival, T value, string request)
    {
        Xid = xid;
        Zxid = zxid;
        Error = error;
        Arrival = arrival;
        _value = value;
        _request = request;
    }

    public int Xid { get; }

    /// <summary>The zxid in the header: the last that the server had applied, not always the request's own.</summary>
    public long Zxid { get; }

    public ErrorCode Error { get; }

    /// <summary>The place of this frame among all that arrived on its connection, notifications included.</summary>
    public long Arrival { get; }

    public bool IsOk => Error == ErrorCode.Ok;

    /// <summary>The value.</summary>
    /// <exception cref="ZooKeeperErrorException">The reply bears an error.</exception>
    public T Value => IsOk ? _value : throw new ZooKeeperErrorException(Error, _request);

    public override string ToString() => $"{_request}: {(IsOk ? _value?.ToString() : Error.ToString())}";
}
