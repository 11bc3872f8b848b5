namespace Coordination.Client.Recipes;

/// <summary>Reads what may not be there.</summary>
internal static class Listing
{
    internal static async ValueTask<IReadOnlyList<string>> NamesAsync(
        ICoordinationClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetChildrenAsync(path, cancellationToken).ConfigureAwait(false)).Names;
        }
        catch (NoNodeException)
        {
            return [];
        }
    }

    internal static async ValueTask<Znode?> TryReadAsync(
        ICoordinationClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetDataAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (NoNodeException)
        {
            return null;
        }
    }
}
