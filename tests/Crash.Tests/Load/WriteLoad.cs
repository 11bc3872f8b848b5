using System.Diagnostics;
using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Crash.Tests.Load;

/// <summary>Several <see cref="Writer"/>s and an <see cref="Observer"/> on one server.</summary>
internal sealed class WriteLoad
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    private readonly Observer _observer;
    private readonly List<long> _deadSessions = [];
    private CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    internal WriteLoad(int seed, TimeSpan sessionTimeout, int writers = 6)
    {
        Writers = [.. Enumerable.Range(0, writers).Select(i => new Writer($"c{i}", seed + i, sessionTimeout))];
        _observer = new Observer(seed);
        Verification = new Verification(this, _observer);
    }

    internal IReadOnlyList<Writer> Writers { get; }

    internal Verification Verification { get; }

    /// <summary>Sessions that nobody will be heard of again.</summary>
    internal IReadOnlyList<long> DeadSessions => _deadSessions;

    internal int Acknowledged => Writers.Sum(
        writer => writer.Writes.Count(write => write.Outcome == WriteOutcome.Acknowledged));

    internal int Sent => Writers.Sum(writer => writer.Writes.Count);

    internal IEnumerable<string> Errors => Writers.SelectMany(writer => writer.Errors).Concat(_observer.Errors);

    /// <summary>Creates the parents of all that is written.</summary>
    internal async Task SetUpAsync(IPEndPoint server)
    {
        await using var client = await RawZooKeeperClient.ConnectAsync(server);
        string[] parents =
            ["/crash", Writer.SequenceParent, Writer.EphemeralParent, .. Writers.Select(writer => writer.Root)];
        string[] registers = [.. Writers.SelectMany(writer => new[] { writer.Register, writer.PairRegister })];
        var replies = parents.Concat(registers).Select(path => client.CreateAsync(path, [])).ToList();
        foreach (var reply in replies)
            Assert.Equal(ErrorCode.Ok, (await reply).Error);
        await client.CloseSessionAsync();
    }

    /// <summary>Lets all writers run, each until its connection ends or <see cref="StopAsync"/>.</summary>
    internal void Start(IPEndPoint server)
    {
        _stopping = new CancellationTokenSource();
        string[] registers = [.. Writers.Select(writer => writer.Register)];
        _running = Task.WhenAll(
            Writers.Select(writer => Task.Run(() => writer.RunAsync(server)))
                .Append(Task.Run(() => _observer.RunAsync(server, registers, _stopping.Token))));
    }

    /// <summary>Stops all; those that get no replies are disconnected after a while.</summary>
    internal async Task StopAsync(TimeSpan patience)
    {
        await _stopping.CancelAsync();
        foreach (var writer in Writers)
            writer.Stop();
        try
        {
            await _running.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            foreach (var writer in Writers)
                writer.Disconnect();
            _observer.Disconnect();
            await _running.WaitAsync(s_longest);
        }
    }

    /// <summary>Waits until all writers have ended by themselves, because their connections have.</summary>
    internal Task HaveEndedAsync() => _running.WaitAsync(s_longest);

    /// <summary>Runs for a while and stops; every write must be acknowledged.</summary>
    internal async Task RunInPeaceAsync(IPEndPoint server, TimeSpan duration)
    {
        int before = Sent;
        Start(server);
        await Task.Delay(duration);
        // On a machine that is busy they may only be connecting.
        for (var waited = Stopwatch.StartNew(); Sent == before && waited.Elapsed < s_longest && !_running.IsCompleted;)
            await Task.Delay(10);
        await StopAsync(s_longest);
        Assert.True(Sent > before, "nothing was written in peace");
        foreach (var writer in Writers)
            Assert.All(writer.Writes, CheckAnswered);
    }

    /// <summary>Some of the sessions end as those of processes do which die.</summary>
    internal void LoseSessions(Random random)
    {
        foreach (var writer in Writers.Where(_ => random.Next(4) == 0))
        {
            long dead = writer.Die();
            if (dead != 0)
                _deadSessions.Add(dead);
        }
    }

    /// <summary>The writes that were sent after a moment and acknowledged all the same.</summary>
    internal IReadOnlyList<Write> AcknowledgedOfSentSince(long timestamp) =>
    [
        .. Writers.SelectMany(writer => writer.Writes)
            .Where(write => write.SentAt > timestamp && write.Outcome == WriteOutcome.Acknowledged),
    ];

    private static void CheckAnswered(Write write) =>
        Assert.True(
            write.Outcome is not (WriteOutcome.Unanswered or WriteOutcome.Failed), $"no acknowledgement: {write}");
}
