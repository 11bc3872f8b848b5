using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>Creates sequential znodes once, over lost connections.</summary>
public static class ProtectedCreate
{
    /// <summary>Creates a sequential znode, and finds it again where the answer was lost: by a GUID in its name, as Curator's
    /// <c>withProtection</c> does.</summary>
    /// <param name="client">The client.</param>
    /// <param name="parent">The parent.</param>
    /// <param name="name">What the name has before its number; a GUID stands before it.</param>
    /// <param name="data">The data.</param>
    /// <param name="options">The kind, which must be a sequential one.</param>
    /// <param name="cancellationToken">Ends the attempts; the znode may be there all the same.</param>
    /// <exception cref="NoNodeException">The parent does not exist.</exception>
    /// <exception cref="SessionExpiredException">The session ended before it was known whether there is one. What is
    /// ephemeral is gone with it; what is not may be there.</exception>
    public static async ValueTask<CreatedZnode> CreateProtectedAsync(
        this ICoordinationClient client, string parent, string name, ReadOnlyMemory<byte> data, CreateOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Mode is not (CreateMode.EphemeralSequential or CreateMode.PersistentSequential
            or CreateMode.PersistentSequentialWithTimeToLive))
        {
            throw new ArgumentException($"{options.Mode} is not sequential, and is found again by its path", nameof(options));
        }
        string mark = SequentialName.NewMark();
        string prefix = parent == "/" ? parent : parent + "/";
        while (true)
        {
            try
            {
                return await client.CreateAsync(prefix + mark + name, data, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ConnectionLossException)
            {
                if (await FindAsync(client, parent, prefix, mark, cancellationToken).ConfigureAwait(false) is { } found)
                    return found;
            }
        }
    }

    // The session is attached to another connection by now, and what it sent on the one before is done or never will be.
    private static async ValueTask<CreatedZnode?> FindAsync(
        ICoordinationClient client, string parent, string prefix, string mark, CancellationToken cancellationToken)
    {
        await SyncAsync(client, parent, cancellationToken).ConfigureAwait(false);
        var children = await client.GetChildrenAsync(parent, cancellationToken).ConfigureAwait(false);
        string? name = children.Names.FirstOrDefault(child => child.StartsWith(mark, StringComparison.Ordinal));
        return name is not null && await client.ExistsAsync(prefix + name, cancellationToken).ConfigureAwait(false) is { } stat
            ? new CreatedZnode(prefix + name, stat) : null;
    }

    private static async ValueTask SyncAsync(ICoordinationClient client, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            await client.ConnectedAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await client.SyncAsync(path, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ReadOnlyServerException)
            {
                // What such a server does not have, another may.
            }
        }
    }
}
