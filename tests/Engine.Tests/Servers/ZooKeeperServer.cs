using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Coordination.Engine.Tests.Servers;

/// <summary>An Apache ZooKeeper of its own, fresh, for as long as a case takes.</summary>
internal sealed class ZooKeeperServer : IServer
{
    private static readonly TimeSpan s_startsWithin = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("zookeeper-").FullName;
    private readonly Process _process;
    private readonly IPEndPoint _address;
    private readonly List<ZooKeeperConnection> _connections = [];

    /// <summary>Starts a server.</summary>
    /// <param name="script">tests/Testing/zookeeper.sh.</param>
    public ZooKeeperServer(string script)
    {
        _address = FreeAddress();
        var start = new ProcessStartInfo("bash", [script, "--client-port", $"{_address.Port}", "--data-dir", _folder])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        // The super user's password is "test", as in kazoo's test harness.
        start.Environment["JAVA_TOOL_OPTIONS"] =
            "-Dzookeeper.DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        WaitUntilItServes();
    }

    public IConnection Open()
    {
        var connection = ZooKeeperConnection.Connect(_address, 0, new byte[16])!;
        _connections.Add(connection);
        return connection;
    }

    public IConnection? Attach(IConnection last, bool hasPassword)
    {
        byte[] password = hasPassword ? ((ZooKeeperConnection)last).Password : new byte[16];
        var connection = ZooKeeperConnection.Connect(_address, last.SessionId, password);
        if (connection is null)
            return null;
        // The server has ended the connection that served the session until now.
        last.Drop();
        _connections.Add(connection);
        return connection;
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Drop();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Below the range that connecting sockets are given: a probe must not meet itself.
    private static IPEndPoint FreeAddress()
    {
        while (true)
        {
            var address = new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(15_000, 30_000));
            try
            {
                using var listener = new TcpListener(address);
                listener.Start();
                return address;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }

    private void WaitUntilItServes()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient { ReceiveTimeout = 1000 };
                probe.Connect(_address);
                probe.GetStream().Write("srvr"u8);
                using var answer = new StreamReader(probe.GetStream());
                if (answer.ReadToEnd().Contains("Mode: standalone", StringComparison.Ordinal))
                    return;
            }
            catch (Exception e) when (e is SocketException or IOException && waited.Elapsed < s_startsWithin && !_process.HasExited)
            {
            }
            Thread.Sleep(50);
        }
    }
}
