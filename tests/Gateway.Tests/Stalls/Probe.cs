using System.Diagnostics;
using System.Net;

namespace Coordination.Gateway.Tests.Stalls;

/// <summary>One client on a thread of its own that asks the same again and again, and keeps the longest wait.</summary>
/// <remarks>It makes no garbage: a collection in the test's own process would look like a wait for the server.</remarks>
public sealed class Probe : IDisposable
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    private readonly BlockingConnection _connection;
    private readonly byte[] _request;
    private readonly Thread _thread;
    private long _longest;
    private long _answered;
    private volatile bool _isStopped;
    private volatile Exception? _failure;

    public Probe(IPEndPoint server, byte[] request)
    {
        _connection = new BlockingConnection(server);
        _request = request;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The longest wait since it was last asked for, that for the request which is under way included.</summary>
    public TimeSpan TakeLongest()
    {
        long before = Volatile.Read(ref _answered);
        SpinWait.SpinUntil(() => Volatile.Read(ref _answered) > before || _failure is not null, s_longestWait);
        if (_failure is { } failure)
            throw new IOException("a probe has ended", failure);
        return TimeSpan.FromSeconds(Interlocked.Exchange(ref _longest, 0) / (double)Stopwatch.Frequency);
    }

    public void Dispose()
    {
        _isStopped = true;
        _thread.Join();
        _connection.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_isStopped)
            {
                long asked = Stopwatch.GetTimestamp();
                _connection.Send(_request);
                _connection.ReadReply();
                long waited = Stopwatch.GetTimestamp() - asked;
                if (waited > Interlocked.Read(ref _longest))
                    Interlocked.Exchange(ref _longest, waited);
                Interlocked.Increment(ref _answered);
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }
}
