using Coordination.Engine.Tests.Checks;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Properties;

/// <summary>Runs FsCheck from a seed that is printed and can be set.</summary>
internal static class PropertyRun
{
    // Any odd number will do; this one is SplitMix's own.
    private const ulong Gamma = 0x9e3779b97f4a7c15;

    /// <summary>Checks that nothing is thrown for values of ever greater size.</summary>
    /// <param name="output">Where the seed is printed.</param>
    /// <param name="runs">How many values, before <see cref="Effort"/> multiplies them.</param>
    /// <param name="greatest">The size of the last of them.</param>
    /// <param name="values">Makes the values, and makes them smaller where one fails.</param>
    /// <param name="body">What is to hold for each.</param>
    public static void ForAll<T>(
        ITestOutputHelper output, int runs, int greatest, Arbitrary<T> values, Action<T> body)
    {
        var replay = new Replay(Random(Effort.Seed(output)), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(Effort.Times(runs))
            .WithEndSize(greatest)
            .WithReplay(FSharpOption<Replay>.Some(replay))
            .WithQuietOnSuccess(true);
        Check.One(config, Prop.ForAll(values, body));
    }

    public static Rnd Random(int seed) => new((ulong)seed, Gamma);

    /// <summary>Arrays that shrink by leaving out stretches of them, the longer first.</summary>
    public static Arbitrary<T[]> Arrays<T>(Gen<T> items) => Arb.From(items.ArrayOf(), Shorter);

    private static IEnumerable<T[]> Shorter<T>(T[] items)
    {
        for (int length = items.Length; length > 0; length /= 2)
        {
            for (int start = 0; start < items.Length; start += length)
                yield return [.. items[..start], .. items[Math.Min(items.Length, start + length)..]];
        }
    }
}
