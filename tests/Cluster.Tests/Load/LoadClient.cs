using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using ProtocolViolationException = Coordination.Testing.RawProtocol.ProtocolViolationException;

namespace Coordination.Cluster.Tests.Load;

/// <summary>A client that writes without a pause, in one session, which it takes to another silo when its connection is
/// lost, and keeps a journal.</summary>
internal sealed class LoadClient : IDisposable
{
    internal const string Parent = "/load";
    private const int MostInFlight = 4;
    private const int WritesBetweenRests = 4;

    private static readonly TimeSpan s_beforeNextSilo = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<IPEndPoint> _silos;
    private readonly List<Write> _writes = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _step;
    private int _silo;
    private int _acknowledged;
    // When it asked for what was answered last.
    private long _lastHeard = MachineWatch.Begin();
    private volatile RawZooKeeperClient? _client;

    /// <param name="name">The client's name.</param>
    /// <param name="silos">Where it may go.</param>
    /// <param name="first">Which of them it goes to first.</param>
    /// <param name="step">How many it goes on by when it loses its connection: not all go to the same.</param>
    /// <param name="sessionTimeout">Its session's timeout.</param>
    internal LoadClient(string name, IReadOnlyList<IPEndPoint> silos, int first, int step, TimeSpan sessionTimeout)
    {
        Name = name;
        _silos = silos;
        _silo = first;
        _step = step;
        Session = new ConnectParameters { SessionTimeout = sessionTimeout, ConnectTimeout = sessionTimeout / 3 };
    }

    internal string Name { get; }

    /// <summary>Which silo it is at, or tries.</summary>
    internal int Silo => Volatile.Read(ref _silo);

    /// <summary>What re-attaches its session; the id is 0 while it has none.</summary>
    internal ConnectParameters Session { get; private set; }

    /// <summary>How often it lost its connection.</summary>
    internal int Losses { get; private set; }

    internal IReadOnlyList<Write> Writes => _writes;

    internal int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>What must not happen, whatever the fault, on a machine that runs.</summary>
    internal ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>What must not happen on any machine; that a session is lost, on one that did not stand still for long enough.</summary>
    internal ConcurrentQueue<string> BrokenPromises { get; } = new();

    /// <summary>Whether its session stands at a silo now.</summary>
    internal bool IsConnected => _client is { EndReason: null };

    /// <summary>Whether something was acknowledged to it that it wrote after a moment.</summary>
    internal bool HasWrittenSince(long moment)
    {
        // The list grows meanwhile: what is looked at is its end.
        int count = _writes.Count;
        for (int i = count - 1; i >= 0 && _writes[i].SentAt > moment; i--)
        {
            if (_writes[i].Outcome == WriteOutcome.Acknowledged)
                return true;
        }
        return false;
    }

    /// <summary>How long it went without an answer, at most, around a moment and for a while after it.</summary>
    internal TimeSpan LongestGapAround(long moment, TimeSpan window)
    {
        long end = moment + (long)(window.TotalSeconds * Stopwatch.Frequency);
        long longest = 0;
        long last = 0;
        foreach (long answered in _writes.ToArray().Select(write => write.AnsweredAt).Where(at => at > 0).Order())
        {
            if (last > 0 && last < end && answered > moment)
                longest = Math.Max(longest, answered - last);
            last = answered;
        }
        return Stopwatch.GetElapsedTime(0, longest);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _client?.Disconnect();
    }

    /// <summary>Lets the run end after the answers to what is in flight.</summary>
    internal void Stop() => _stopping.Cancel();

    /// <summary>Ends its connection: it dies, or goes on elsewhere where it is not stopped.</summary>
    internal void Disconnect() => _client?.Disconnect();

    /// <summary>Whether its silo answers a read that is asked for now.</summary>
    internal async Task<bool> IsServedAsync(TimeSpan patience) =>
        _client is { } client && await Serving.IsAnsweredAsync(client, patience);

    /// <summary>Writes until it is stopped.</summary>
    internal async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                long asked = Stopwatch.GetTimestamp();
                await using var client = await RawZooKeeperClient.ConnectAsync(_silos[_silo], Session);
                // The answer to what was asked for the first time may have been lost: that session is nobody's.
                Session = Session with { SessionId = client.SessionId, Password = client.Password };
                Interlocked.Exchange(ref _lastHeard, asked);
                client.KeepAlive(Session.SessionTimeout / 4);
                _client = client;
                await WriteAsync(client);
                return;
            }
            catch (SessionExpiredException)
            {
                Expired();
                return;
            }
            catch (ProtocolViolationException violation)
            {
                BrokenPromises.Enqueue($"{Name}: {violation.Message}");
                return;
            }
            catch (Exception e) when (e is ConnectionLostException or TimeoutException)
            {
                Losses++;
                Volatile.Write(ref _silo, (_silo + _step) % _silos.Count);
                await Task.Delay(s_beforeNextSilo);
            }
        }
    }

    private void Expired()
    {
        long since = Interlocked.Read(ref _lastHeard);
        var errors = MachineWatch.MayHaveEndedSession(Session.SessionTimeout, since) ? Errors : BrokenPromises;
        errors.Enqueue(
            $"the session 0x{Session.SessionId:x} of {Name} has expired, {Stopwatch.GetElapsedTime(since)} after it asked for what "
            + $"was answered last; the machine stood still for {MachineWatch.LongestStandstill(since)} meanwhile");
    }

    private async Task WriteAsync(RawZooKeeperClient client)
    {
        try
        {
            await CheckNotOlderAsync(client);
            var inFlight = new Queue<Task>();
            while (!_stopping.IsCancellationRequested)
            {
                inFlight.Enqueue(WriteOneAsync(client));
                // As ZooKeeper's clients do, which give a server two thirds of the timeout.
                if (inFlight.Count == MostInFlight)
                    await inFlight.Dequeue().WaitAsync(Session.SessionTimeout * 2 / 3);
                // The machine is for the silos: a gap in the answers is to be theirs.
                if (_writes.Count % WritesBetweenRests == 0)
                    await Task.Delay(1);
            }
            await Task.WhenAll(inFlight).WaitAsync(Session.SessionTimeout);
        }
        finally
        {
            Session = Session with { LastZxidSeen = Math.Max(Session.LastZxidSeen, client.LastZxidSeen) };
        }
    }

    // What it has seen at one silo it sees at every other.
    private async Task CheckNotOlderAsync(RawZooKeeperClient client)
    {
        var reply = await client.ExistsAsync(Parent);
        if (reply.IsOk && reply.Zxid < Session.LastZxidSeen)
            BrokenPromises.Enqueue($"{Name} has seen zxid 0x{Session.LastZxidSeen:x}, and its next silo shows 0x{reply.Zxid:x}");
        if (_writes.LastOrDefault(write => write.Path is not null) is { } last
            && (await client.ExistsAsync(last.Path!)).Error == ErrorCode.NoNode)
        {
            BrokenPromises.Enqueue($"{Name}'s next silo does not show {last}");
        }
    }

    private async Task WriteOneAsync(RawZooKeeperClient client)
    {
        var write = new Write(Name, _writes.Count, Stopwatch.GetTimestamp());
        _writes.Add(write);
        var reply = await client.CreateAsync(
            $"{Parent}/{Name}-", Encoding.ASCII.GetBytes(write.Data), CreateMode.PersistentSequential);
        long now = Stopwatch.GetTimestamp();
        if (reply.IsOk)
        {
            Interlocked.Exchange(ref _lastHeard, write.SentAt);
            write.Acknowledge(reply.Value, now);
            Interlocked.Increment(ref _acknowledged);
        }
        else if (reply.Error is ErrorCode.SystemError)
        {
            write.Refuse(now);
            await Task.Delay(s_beforeNextSilo);
        }
        // An error that a session's end brings tells of the connection: the next attempt tells of the session.
        else if (reply.Error is not (ErrorCode.ConnectionLoss or ErrorCode.SessionMoved or ErrorCode.SessionExpired))
            Errors.Enqueue($"{reply.Error} to {write}");
    }
}
