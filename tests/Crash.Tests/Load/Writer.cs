using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests.Load;

/// <summary>
/// A client that writes without a pause, several requests at a time, and keeps a journal of what it sent and of what
/// was acknowledged. It ends with its connection and goes on, in the same session, when it is run again.
/// </summary>
internal sealed class Writer
{
    internal const string SequenceParent = "/crash/sequence";
    internal const string EphemeralParent = "/crash/ephemeral";
    private const int MostInFlight = 8;

    private readonly Random _random;
    private readonly List<Write> _writes = [];
    private readonly ConcurrentQueue<Write> _deletable = new();
    private RawZooKeeperClient? _client;
    private volatile bool _isStopping;

    internal Writer(string name, int seed, TimeSpan sessionTimeout)
    {
        Name = name;
        _random = new Random(seed);
        Session = new ConnectParameters { SessionTimeout = sessionTimeout };
    }

    internal string Name { get; }

    internal string Root => $"/crash/{Name}";

    /// <summary>A znode that is set, again and again.</summary>
    internal string Register => $"{Root}/register";

    /// <summary>The znode that is set in the multis that create another.</summary>
    internal string PairRegister => $"{Root}/pair";

    internal IReadOnlyList<Write> Writes => _writes;

    /// <summary>What re-attaches the writer's session; its id is 0 while it has none.</summary>
    internal ConnectParameters Session { get; private set; }

    /// <summary>The version that the register has, or will have when all that is in flight has come through.</summary>
    internal int RegisterVersion { get; set; }

    internal int PairRegisterVersion { get; set; }

    /// <summary>Errors that a server in good health does not answer with.</summary>
    internal ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Writes until the connection ends, an error comes, or it is told to stop.</summary>
    internal async Task RunAsync(IPEndPoint server)
    {
        _isStopping = false;
        try
        {
            _client = await RawZooKeeperClient.ConnectAsync(server, Session);
        }
        catch (ConnectionLostException)
        {
            // The server was killed before it answered: a session that it may have made for us is nobody's.
            return;
        }

        await using var client = _client;
        Session = Session with { SessionId = client.SessionId, Password = client.Password };
        try
        {
            var inFlight = new Queue<Task<bool>>();
            bool goesOn = true;
            while (goesOn && !_isStopping)
            {
                inFlight.Enqueue(SendAsync(client, NextWrite()));
                if (inFlight.Count == MostInFlight)
                    goesOn = await inFlight.Dequeue();
            }

            await Task.WhenAll(inFlight);
        }
        finally
        {
            Session = Session with { LastZxidSeen = Math.Max(Session.LastZxidSeen, client.LastZxidSeen) };
        }
    }

    /// <summary>Lets a run end after the replies to what is in flight.</summary>
    internal void Stop() => _isStopping = true;

    /// <summary>Ends a run now.</summary>
    internal void Disconnect() => _client?.Disconnect();

    /// <summary>The session ends as that of a process does which dies: it is never heard of again.</summary>
    /// <returns>Its id; the writer opens another with its next run.</returns>
    internal long Die()
    {
        long dead = Session.SessionId;
        Session = new ConnectParameters { SessionTimeout = Session.SessionTimeout };
        return dead;
    }

    private Write NextWrite()
    {
        Write? deleted = null;
        var kind = _random.Next(100) switch
        {
            < 8 when _deletable.TryDequeue(out deleted) => WriteKind.Delete,
            < 40 => WriteKind.Create,
            < 60 => WriteKind.Set,
            < 80 => WriteKind.SequentialCreate,
            < 95 => WriteKind.Pair,
            _ => WriteKind.EphemeralCreate,
        };
        int number = _writes.Count;
        var write = new Write
        {
            Writer = Name,
            Number = number,
            Kind = kind,
            Path = kind switch
            {
                WriteKind.Create => $"{Root}/n{number:d7}",
                WriteKind.Set => Register,
                WriteKind.SequentialCreate => $"{SequenceParent}/{Name}-",
                WriteKind.Pair => $"{Root}/p{number:d7}",
                WriteKind.EphemeralCreate => $"{EphemeralParent}/{Name}-{number:d7}",
                _ => deleted!.Path,
            },
            ExpectedVersion = kind switch
            {
                WriteKind.Set => RegisterVersion++,
                WriteKind.Pair => PairRegisterVersion++,
                _ => 0,
            },
            SessionId = Session.SessionId,
            SentAt = Stopwatch.GetTimestamp(),
        };
        if (deleted is not null)
            deleted.DeletedBy = write;
        _writes.Add(write);
        return write;
    }

    /// <returns>Whether the writer may go on.</returns>
    private async Task<bool> SendAsync(RawZooKeeperClient client, Write write)
    {
        try
        {
            var error = write.Kind switch
            {
                WriteKind.Create => Acknowledge(
                    write, await client.Create2Async(write.Path, write.Data), created => created.Stat.Czxid),
                WriteKind.Set => Acknowledge(
                    write,
                    await client.SetDataAsync(write.Path, write.Data, write.ExpectedVersion),
                    stat => stat.Mzxid),
                WriteKind.SequentialCreate => AcknowledgeSequential(
                    write,
                    await client.Create2Async(write.Path, write.Data, CreateMode.PersistentSequential)),
                WriteKind.Pair => AcknowledgePair(write, await client.MultiAsync(
                    MultiOperation.Create(write.Path, write.Data),
                    MultiOperation.SetData(PairRegister, write.Data, write.ExpectedVersion))),
                WriteKind.Delete => Acknowledge(write, await client.DeleteAsync(write.Path, 0), _ => 0),
                WriteKind.EphemeralCreate => Acknowledge(
                    write,
                    await client.Create2Async(write.Path, write.Data, CreateMode.Ephemeral),
                    created => created.Stat.Czxid),
                _ => throw new UnreachableException(),
            };
            if (error == ErrorCode.Ok)
                return true;
            write.Outcome = WriteOutcome.Failed;
            Errors.Enqueue($"{error} to {write}");
            return false;
        }
        catch (ConnectionLostException)
        {
            return false;
        }
    }

    private ErrorCode Acknowledge<T>(Write write, Reply<T> reply, Func<T, long> zxid)
    {
        if (!reply.IsOk)
            return reply.Error;
        write.Zxid = zxid(reply.Value);
        write.Outcome = WriteOutcome.Acknowledged;
        Assert.True(
            reply.Zxid >= write.Zxid, $"the reply's header says 0x{reply.Zxid:x}, which is before its own {write}");
        if (write.Kind == WriteKind.Create)
            _deletable.Enqueue(write);
        return ErrorCode.Ok;
    }

    private ErrorCode AcknowledgeSequential(Write write, Reply<CreatedZnode> reply)
    {
        var error = Acknowledge(write, reply, created => created.Stat.Czxid);
        if (error == ErrorCode.Ok)
            write.CreatedPath = reply.Value.Path;
        return error;
    }

    private ErrorCode AcknowledgePair(Write write, Reply<IReadOnlyList<MultiResult>> reply)
    {
        if (!reply.IsOk)
            return reply.Error;
        // The one that failed stands between those that were undone and those that were not tried.
        var failure = reply.Value.FirstOrDefault(
            result => result.Error is not (ErrorCode.Ok or ErrorCode.RuntimeInconsistency));
        if (failure is not null)
            return failure.Error;
        return Acknowledge(write, reply, results => results[1].Stat!.Value.Mzxid);
    }
}
