using System.Globalization;
using Coordination.History.Tests.Checking;
using Coordination.History.Tests.Clients;
using Coordination.History.Tests.Faults;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;

namespace Coordination.History.Tests;

/// <summary>One run: clients at work, servers that fail, a while of peace, and the check of all that came of it.</summary>
internal sealed class HistoryRun
{
    private static readonly TimeSpan s_peace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestDying = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(420);

    private readonly IServers _servers;
    private readonly int _seed;
    private readonly RunHistory _history;
    private readonly FaultDiary _diary;
    private readonly List<HistoryClient> _clients;
    private readonly List<ReadingClient> _readers;
    private readonly HistoryClient _first;

    public HistoryRun(IServers servers, int seed, int clients, TimeSpan sessionTimeout, TimeSpan longestTimeout)
    {
        _servers = servers;
        _seed = seed;
        _history = new RunHistory { MostStaleness = servers.MostStaleness };
        _diary = new FaultDiary(_history);
        _clients = [.. Enumerable.Range(1, clients).Select(Client)];
        _first = Client(0);
        _readers = [.. servers.EndPoints.Select((server, number) => new ReadingClient(
            server, unchecked((seed * 31) - 1 - number), _history, longestTimeout))];

        HistoryClient Client(int number) => new(
            string.Create(CultureInfo.InvariantCulture, $"c{number}"), unchecked((seed * 31) + number), servers.EndPoints,
            _history, sessionTimeout);
    }

    /// <summary>What was done to the servers.</summary>
    public IEnumerable<string> Faults => _diary.Lines;

    /// <summary>Runs, and checks.</summary>
    public async Task<IReadOnlyList<Breach>> RunAsync(TimeSpan duration)
    {
        using var ending = new CancellationTokenSource(duration + s_longestEnd);
        foreach (string root in RequestSource.Roots)
            await _first.EnsureAsync(new CreateRequest(root, "0"), ending.Token);
        using var stoppingClients = new CancellationTokenSource();
        var working = Task.WhenAll(
        [
            .. _clients.Select(client => Task.Run(() => client.RunAsync(stoppingClients.Token))),
            .. _readers.Select(reader => Task.Run(() => reader.RunAsync(stoppingClients.Token))),
        ]);
        using (var stoppingFaults = new CancellationTokenSource(duration))
            await _servers.FailAsync(_diary, new Random(_seed), stoppingFaults.Token);
        _diary.Note("all is well again");
        await Task.Delay(s_peace, ending.Token);
        await stoppingClients.CancelAsync();
        await working.WaitAsync(ending.Token);
        await WaitForTheDeadAsync();
        _history.Loss = _servers.Loss;
        _history.Log = await _servers.ReadLogAsync(ending.Token);
        return HistoryChecker.Check(_history);
    }

    /// <summary>How much of what there was.</summary>
    public string Summary()
    {
        var operations = _history.Operations.ToList();
        return $"seed {_seed}: {_history.Log.Entries.Count} entries; {_history.Sessions.Count} sessions, "
            + $"{_history.Sessions.Sum(session => session.Connections.Count)} connections, "
            + $"{_history.Sessions.Count(session => session.ToldExpiredAt is not null)} told expired; "
            + $"{operations.Count} operations, {operations.Count(operation => operation.IsAcknowledged)} writes acknowledged, "
            + $"{operations.Count(operation => operation.IsRefused)} refused, "
            + $"{operations.Count(operation => operation.Answer is null)} unknown, "
            + $"{AgainOf(operations).Count()} sent again, "
            + $"of which {AgainOf(operations).Count(again => again.IsAcknowledged)} were acknowledged; "
            + $"{_history.Sessions.Sum(session => session.Connections.Sum(connection => connection.Events.Count))} events; "
            + (_history.Loss is { } loss ? $"{loss.Entries.Count()} entries lost; " : "")
            + $"faults: {_diary.Summary}";
    }

    private static IEnumerable<Operation> AgainOf(IEnumerable<Operation> operations) => operations
        .Where(operation => operation.Number is not null)
        .GroupBy(operation => (operation.Session.Id, operation.Number!.Value.Number))
        .SelectMany(sendings => sendings.Skip(1));

    // All clients have left by then. What stays open all the same, the check finds.
    private async Task WaitForTheDeadAsync()
    {
        using var longest = new CancellationTokenSource(s_longestDying);
        var dead = _history.Sessions.Select(session => session.Id).ToHashSet();
        try
        {
            while (await _servers.AnyIsOpenAsync(dead, longest.Token))
                await Task.Delay(200, longest.Token);
        }
        catch (OperationCanceledException)
        {
            _diary.Note("some of the dead are still there");
        }
    }
}
