using System.Diagnostics;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Playing;

/// <summary>Plays sequences of one seed after the other, several at once.</summary>
internal sealed class SequenceRun(SequencePlayer player, Func<int, IReadOnlyList<Step>> generate)
{
    private readonly Lock _gate = new();
    private (int Seed, PlayedSequence Played)? _failing;
    private int _taken;
    private int _played;

    /// <summary>How many were played to their end.</summary>
    public int Played => _played;

    /// <returns>The first that showed a difference, with its seed; null for none.</returns>
    public async Task<(int Seed, PlayedSequence Played)?> PlayAsync(int firstSeed, int most, int atOnce, TimeSpan longest)
    {
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(PlayOnAsync)));
        return _failing;

        async Task PlayOnAsync()
        {
            while (TryTake(most, out int number) && Stopwatch.GetElapsedTime(started) < longest)
            {
                var steps = generate(firstSeed + number);
                var played = await player.PlayAsync(steps);
                Interlocked.Increment(ref _played);
                if (played.Difference is null)
                    continue;
                // One that a pause of the machine has made, under the one server or the other, does not come again.
                played = await player.PlayAsync(steps);
                if (played.Difference is null)
                    continue;
                lock (_gate)
                    _failing ??= (firstSeed + number, played);
            }
        }
    }

    private bool TryTake(int most, out int number)
    {
        lock (_gate)
        {
            number = _taken;
            if (_failing is not null || _taken >= most)
                return false;
            _taken++;
            return true;
        }
    }
}
