using System.Collections.Concurrent;
using Coordination.Client.Tests.Networks;
using Coordination.Client.Tests.ThroughGrains;
using Coordination.Grains.Messages;

namespace Coordination.Client.Tests.Faults;

/// <summary>Contenders that reach a silo through its grains, each over a network of its own; and all that can become of
/// calls.</summary>
internal sealed class GrainBattlefield : IAsyncDisposable
{
    private readonly IGrainSilo _silo;
    private readonly IReadOnlyList<GrainNetwork> _networks;
    private readonly IReadOnlyList<ContenderInProcess> _contenders;
    private readonly ConcurrentDictionary<string, int> _faults = new();
    private readonly TimeSpan _sessionTimeout;

    public GrainBattlefield(
        IGrainSilo silo, int contenders, TimeSpan sessionTimeout, IReadOnlyDictionary<string, FencedStore> stores)
    {
        _silo = silo;
        _sessionTimeout = sessionTimeout;
        var options = new CoordinationClientOptions
        {
            ConnectionString = "/",
            SessionTimeout = sessionTimeout,
            LongestRetryDelay = TimeSpan.FromMilliseconds(100),
            CloseTimeout = TimeSpan.FromSeconds(1),
        };
        _networks = [.. Enumerable.Range(0, contenders).Select(_ => new GrainNetwork(silo))];
        _contenders = [.. _networks.Select((network, number) => new ContenderInProcess(number, network.Connect(options), stores))];
    }

    /// <summary>What went wrong, and how often; single calls among it.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    /// <summary>How many sessions have ended before their client.</summary>
    public int Expirations => _contenders.Sum(static contender => contender.Record.Expirations);

    /// <summary>Has things go wrong for so long, and then nothing any more.</summary>
    /// <param name="time">How long.</param>
    /// <param name="siloEndedEvery">How often the silo ends, and is started again.</param>
    /// <param name="isEnough">Whether enough has come of it: until then, and three times as long at the most, it goes
    /// on.</param>
    public async Task FightAsync(TimeSpan time, TimeSpan siloEndedEvery, Func<bool> isEnough)
    {
        // Whoever was never served cannot lose anything.
        foreach (var contender in _contenders)
        {
            while (contender.Record.Session is null)
                await Task.Delay(10);
        }
        using var over = new CancellationTokenSource();
        var ending = EndSiloAsync(siloEndedEvery, over.Token);
        var troubles = Task.WhenAll(_contenders.Select((_, i) => TroubleAllAlongAsync(i, over.Token)));
        for (int times = 0; times < 3 && (times == 0 || !isEnough()) && !troubles.IsCompleted; times++)
            await Task.Delay(time, CancellationToken.None);
        await over.CancelAsync();
        await troubles;
        await ending;
    }

    /// <summary>Has all contenders end in good order.</summary>
    public Task StopAsync(TimeSpan within) => Task.WhenAll(_contenders.Select(contender => contender.StopAsync(within)));

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _contenders)
            await contender.DisposeAsync();
        foreach (var network in _networks)
            await network.DisposeAsync();
    }

    private TimeSpan Short => _sessionTimeout * (Random.Shared.NextDouble() / 2);

    private TimeSpan Long => _sessionTimeout * (1.2 + Random.Shared.NextDouble());

    private async Task TroubleAllAlongAsync(int number, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            Count(await TroubleAsync(_contenders[number], _networks[number]));
            _networks[number].Restore();
            await Task.Delay(Short / 2, CancellationToken.None);
        }
    }

    private async Task<string> TroubleAsync(ContenderInProcess contender, GrainNetwork network)
    {
        switch (Random.Shared.Next(10))
        {
            case 0:
                network.Silence();
                await Task.Delay(Short);
                return "all calls stall";
            case 1:
                network.Silence();
                await Task.Delay(Long);
                return "all calls stall for longer than a session lives";
            case 2:
                network.SilenceAnswers();
                await Task.Delay(Short);
                network.Cut();
                return "all answers are lost";
            case 3 or 4:
                network.Pass = LoseSomeAsync;
                await Task.Delay(Short + Short);
                return "calls fail here and there";
            case 5 or 6:
                network.Pass = DisorderAsync;
                await Task.Delay(Short + Short);
                return "calls come late and twice";
            case 7:
                network.Refuse();
                await Task.Delay(Short + Short);
                return "no call comes through";
            case 8:
                // It must not take the session back meanwhile.
                network.Refuse();
                var session = contender.Record.Session!;
                contender.Record.Rob(session.Id);
                return await session.TryEndAsync([_silo.ClientEndPoint], _sessionTimeout)
                    ? "the session is ended from elsewhere" : "no call comes through";
            default:
                network.Cut();
                return "a connection's calls fail";
        }
    }

    private async Task<ConnectionChunk> LoseSomeAsync(Func<Task<ConnectionChunk>> call)
    {
        switch (Random.Shared.Next(12))
        {
            case 0:
                Count("(a call is lost)");
                throw new TimeoutException("the call is lost");
            case 1:
                Count("(a call's answer is lost)");
                await call();
                throw new TimeoutException("the answer is lost");
            default:
                return await call();
        }
    }

    private async Task<ConnectionChunk> DisorderAsync(Func<Task<ConnectionChunk>> call)
    {
        await Task.Delay(Random.Shared.Next(10));
        Count("(a call is late)");
        var first = call();
        if (Random.Shared.Next(3) == 0)
        {
            Count("(a call comes twice)");
            _ = call().ContinueWith(static again => again.Exception, TaskScheduler.Default);
        }
        var answer = await first;
        await Task.Delay(Random.Shared.Next(10));
        return answer;
    }

    private async Task EndSiloAsync(TimeSpan every, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(every, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return;
            await _silo.EndAsync();
            await Task.Delay(Short, CancellationToken.None);
            await _silo.StartAgainAsync();
            Count(_silo.Ending);
        }
    }

    private void Count(string fault) => _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);
}
