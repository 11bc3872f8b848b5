using Coordination.Grains.Cluster;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Coordination.Silo.Flavours;

/// <summary>Asks the silos that Orleans knows, of which it keeps a list where the table in the database cannot be read.</summary>
internal sealed class ServingSilos(IServiceProvider services, ISiloStatusOracle known)
    : GrainServiceClient<IServingService>(services), IServingSilos
{
    private const int MostAsked = 5;

    private static readonly TimeSpan _longestAnswer = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> AnyOtherAsync(CancellationToken cancellationToken)
    {
        SiloAddress[] others = [.. known.GetActiveSilos().Where(silo => !silo.Equals(known.SiloAddress))];
        Random.Shared.Shuffle(others);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_longestAnswer);
        await foreach (var asked in Task.WhenEach(others.Take(MostAsked).Select(silo => ServesAsync(silo, timeout.Token))))
        {
            if (await asked)
                return true;
        }
        return false;
    }

    private async Task<bool> ServesAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        try
        {
            return await GetGrainService(silo).ServesAsync().WaitAsync(cancellationToken);
        }
        catch (Exception)
        {
            // It is gone, silent, or of a version that does not know the question: whatever it is, it is no answer.
            return false;
        }
    }
}
