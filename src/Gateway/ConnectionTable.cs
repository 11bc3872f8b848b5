using System.Collections.Concurrent;
using System.Net;

namespace Coordination.Gateway;

/// <summary>The connections there are: how many, and how many an address has.</summary>
public sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly ConcurrentDictionary<EndPoint, ConnectionTraffic> _connections = new();
    private int _count;

    /// <summary>How many connections there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The connections, by their addresses.</summary>
    public IEnumerable<KeyValuePair<EndPoint, ConnectionTraffic>> Connections => _connections;

    /// <summary>Lets a connection in, unless there are as many as may be.</summary>
    /// <param name="remote">Where it comes from; one without an address is counted among all only.</param>
    /// <param name="options">How many there may be.</param>
    /// <param name="traffic">Where what goes over it is counted.</param>
    /// <returns>Why it is not let in; null where it is.</returns>
    public string? Add(EndPoint remote, GatewayOptions options, ConnectionTraffic traffic)
    {
        int all = Interlocked.Increment(ref _count);
        int ofAddress = remote is IPEndPoint { Address: var address }
            ? _perAddress.AddOrUpdate(address, 1, static (_, before) => before + 1) : 0;
        string? reason =
            options.MostConnections > 0 && all > options.MostConnections
                ? $"there are {options.MostConnections} connections already"
            : options.MostConnectionsPerAddress > 0 && ofAddress > options.MostConnectionsPerAddress
                ? $"its address has {options.MostConnectionsPerAddress} connections already"
            : null;
        if (reason is null)
            _connections[remote] = traffic;
        else
            Leave(remote);
        return reason;
    }

    /// <summary>Lets a connection go that was let in.</summary>
    public void Remove(EndPoint remote)
    {
        _connections.TryRemove(remote, out _);
        Leave(remote);
    }

    /// <summary>Forgets what went over the connections so far; ZooKeeper's <c>crst</c>.</summary>
    public void ResetTraffic()
    {
        foreach (var (_, traffic) in _connections)
            traffic.Reset();
    }

    private void Leave(EndPoint remote)
    {
        Interlocked.Decrement(ref _count);
        if (remote is not IPEndPoint { Address: var address })
            return;
        if (_perAddress.AddOrUpdate(address, 0, static (_, before) => before - 1) <= 0)
            _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
    }
}
