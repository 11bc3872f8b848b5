using Coordination.Engine.Tests.Checks;
using Coordination.Protocol;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.Fuzzing;

/// <summary>Feeds a decoder with damaged bytes: it may say that they are no record, and nothing else.</summary>
/// <param name="output">Where the seed is printed.</param>
internal sealed class Fuzzer(ITestOutputHelper output)
{
    // An exception with its trace takes a few thousand bytes; arrays of references take eight for each byte read.
    private const long LeastAllowance = 64 * 1024;
    private const long AllowancePerByte = 64;

    private int _accepted, _refused;

    /// <summary>Runs a decoder on records, whole ones and damaged ones.</summary>
    /// <param name="times">How many damaged ones, before <see cref="Effort"/> multiplies them.</param>
    /// <param name="records">Makes records that decode, from a seed.</param>
    /// <param name="decode">The decoder, which reads all that there is to read.</param>
    public void Run(int times, Func<int, IReadOnlyList<byte[]>> records, Action<ReadOnlyMemory<byte>> decode)
    {
        int seed = Effort.Seed(output);
        var whole = records(seed);
        foreach (byte[] record in whole)
            decode(record);
        Damage(times, whole, new Random(seed), decode);
    }

    /// <summary>Runs a decoder on noise.</summary>
    public void RunOnNoise(int times, Action<ReadOnlyMemory<byte>> decode)
    {
        var random = new Random(Effort.Seed(output));
        byte[] noise = new byte[300];
        random.NextBytes(noise);
        // Mostly zeros, so that lengths are often such as the bytes at hand hold.
        foreach (ref byte value in noise.AsSpan())
            value = random.Next(4) == 0 ? value : (byte)0;
        Damage(times, [noise], random, decode);
    }

    private void Damage(
        int times, IReadOnlyList<byte[]> records, Random random, Action<ReadOnlyMemory<byte>> decode)
    {
        for (int run = Effort.Times(times); run > 0; run--)
            Try(Mutation.Of(records[random.Next(records.Count)], random), decode);
        output.WriteLine($"{_accepted} of the damaged records decode, {_refused} are refused");
        Assert.True(_refused > 0);
    }

    private void Try(byte[] damaged, Action<ReadOnlyMemory<byte>> decode)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            decode(damaged);
            _accepted++;
        }
        catch (MalformedRecordException)
        {
            _refused++;
        }
        catch (Exception e)
        {
            Assert.Fail($"{Convert.ToHexString(damaged)}: {e}");
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= LeastAllowance + (AllowancePerByte * damaged.Length),
            $"{allocated} bytes allocated for {Convert.ToHexString(damaged)}");
    }
}
