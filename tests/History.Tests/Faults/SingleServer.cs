using System.Globalization;
using System.Net;
using Coordination.Engine.Checkpoint;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.Storage;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Faults;

/// <summary>One silo, on SQLite.</summary>
internal sealed class SingleServer : IServers
{
    private const int LongestPause = 2000;

    private static readonly TimeSpan s_longestWord = TimeSpan.FromSeconds(60);

    private readonly SiloProcess _silo;

    private SingleServer(SiloProcess silo) => _silo = silo;

    /// <summary>Of any silo in these runs: all words, and containers that do not stay longer than the run.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
        ["--four-letter-words", "*", "--container-check-interval", "300"];

    public IReadOnlyList<IPEndPoint> EndPoints => [_silo.ClientEndPoint];

    // Nobody else can be ahead of it.
    public TimeSpan MostStaleness => TimeSpan.Zero;

    public Loss? Loss => null;

    public static async Task<SingleServer> StartAsync(TimeSpan tick) => new(await SiloProcess.StartAsync(
        new SiloOptions { TickTime = tick, Arguments = Arguments }));

    public async Task FailAsync(FaultDiary diary, Random random, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(random.Next(200, 2000), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await (random.Next(6) switch
            {
                0 => SiloFaults.TerminateAsync(_silo, "silo", diary, random),
                1 or 2 => SiloFaults.PauseAsync(
                    _silo, "silo", diary, TimeSpan.FromMilliseconds(random.Next(100, LongestPause))),
                _ => SiloFaults.KillAsync(_silo, "silo", diary, random),
            });
        }
        await _silo.WaitUntilReadyAsync();
    }

    public async Task<bool> AnyIsOpenAsync(IReadOnlyCollection<long> sessions, CancellationToken cancellationToken)
    {
        string dump = await FourLetterWord.AskAsync(_silo.ClientEndPoint, "dump", s_longestWord);
        return sessions.Any(session => dump.Contains(
            string.Create(CultureInfo.InvariantCulture, $"\t0x{session:x}\n"), StringComparison.Ordinal));
    }

    public async Task<CommittedLog> ReadLogAsync(CancellationToken cancellationToken)
    {
        await _silo.KillAsync();
        await using var folder = DataFolder.Open(_silo.DataDirectory, Genesis.State, Genesis.Znodes());
        return await CommittedLog.ReadAsync(folder.Log, cancellationToken);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
