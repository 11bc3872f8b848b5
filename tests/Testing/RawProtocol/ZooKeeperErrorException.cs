namespace Coordination.Testing.RawProtocol;

/// <summary>A reply bore an error where its value was asked for.</summary>
public sealed class ZooKeeperErrorException(ErrorCode error, string request)
    : Exception($"{request}: {error} ({(int)error})")
{
    public ErrorCode Error { get; } = error;
}
