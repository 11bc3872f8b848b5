using System.Net;
using System.Net.Sockets;

namespace Coordination.Testing;

/// <summary>Ports of 127.0.0.1 that nobody listens on.</summary>
public static class FreePort
{
    // Below the range that outgoing connections take theirs from: a client that keeps trying a port of that range while
    // its server is down can be connected to itself, and then the server cannot have its port back.
    private const int Lowest = 12_000;
    private const int Highest = 32_000;

    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that was free just now and that no other call in this process was given.</summary>
    public static int Take()
    {
        lock (s_given)
        {
            for (int attempt = 0; attempt < 1000; attempt++)
            {
                int port = Random.Shared.Next(Lowest, Highest);
                if (!s_given.Contains(port) && IsFree(port))
                {
                    s_given.Add(port);
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"found no free port between {Lowest} and {Highest}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
