using System.Text;
using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Writing;
using Orleans;

namespace Coordination.Grains;

/// <inheritdoc cref="ISequencerGrain"/>
public sealed class SequencerGrain(SiloWriter writer, ReplicaReader reader) : Grain, ISequencerGrain
{
    private const int MostNumbers = 1_000_000;
    private const int LongestName = 256;
    private const long LargestSuffix = 9_999_999_999;

    /// <inheritdoc/>
    public async Task<NumberBlock> TakeAsync(string counter, int count)
    {
        if (counter.Length is 0 or > LongestName)
            throw new ArgumentException($"a counter's name has 1 to {LongestName} characters", nameof(counter));
        // Half a surrogate pair would be kept as another name than the one that was asked for.
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(counter)) != counter)
            throw new ArgumentException("a counter's name is well-formed Unicode", nameof(counter));
        if (count is < 1 or > MostNumbers)
            throw new ArgumentException($"a block has 1 to {MostNumbers} numbers", nameof(count));
        var reply = await writer.WriteAsync(Caller.Service, new TakeNumbersOperation(counter, count));
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, counter, reply.Zxid);
        return new NumberBlock(reply.FirstNumber, count, reply.Zxid);
    }

    /// <inheritdoc/>
    public async Task<string> TakeSuffixAsync(string counter)
    {
        long number = (await TakeAsync(counter, 1)).First;
        if (number > LargestSuffix)
            throw new ZnodeException(ErrorCode.BadArguments, counter);
        return number.ToString("D10");
    }

    /// <inheritdoc/>
    public Task<long> GetLastZxidAsync() => reader.ReadLastZxidAsync("sequencer");

    /// <inheritdoc/>
    public async Task<int> GetEpochAsync() => Zxid.EpochOf(await GetLastZxidAsync());
}
