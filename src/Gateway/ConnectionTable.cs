using System.Collections.Concurrent;
using System.Net;

namespace Coordination.Gateway;

/// <summary>The connections there are: how many, and how many an address has.</summary>
public sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly ConcurrentDictionary<EndPoint, ConnectionTraffic> _connections = new();

    /// <summary>How many connections there are.</summary>
    public int Count => _connections.Count;

    /// <summary>The connections, by their addresses.</summary>
    public IEnumerable<KeyValuePair<EndPoint, ConnectionTraffic>> Connections => _connections;

    /// <summary>Lets a connection in, unless its address has as many as it may.</summary>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="mostPerAddress">How many an address may have; 0 for any number.</param>
    /// <param name="traffic">Where what goes over it is counted.</param>
    public bool TryAdd(IPEndPoint remote, int mostPerAddress, ConnectionTraffic traffic)
    {
        int count = _perAddress.AddOrUpdate(remote.Address, 1, static (_, before) => before + 1);
        if (mostPerAddress > 0 && count > mostPerAddress)
        {
            Leave(remote.Address);
            return false;
        }
        _connections[remote] = traffic;
        return true;
    }

    /// <summary>Lets a connection go that was let in.</summary>
    public void Remove(IPEndPoint remote)
    {
        _connections.TryRemove(remote, out _);
        Leave(remote.Address);
    }

    /// <summary>Forgets what went over the connections so far; ZooKeeper's <c>crst</c>.</summary>
    public void ResetTraffic()
    {
        foreach (var traffic in _connections.Values)
            traffic.Reset();
    }

    private void Leave(IPAddress address)
    {
        if (_perAddress.AddOrUpdate(address, 0, static (_, before) => before - 1) <= 0)
            _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
    }
}
