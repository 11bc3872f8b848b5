using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coordination.Client.Recipes;
using Coordination.Protocol;

namespace Coordination.Client;

/// <summary>What can be said shorter: text, JSON, whole paths and whole trees.</summary>
public static class CoordinationClientExtensions
{
    /// <summary>Creates a znode with text in UTF-8.</summary>
    public static ValueTask<CreatedZnode> CreateAsync(
        this ICoordinationClient client, string path, string text, CreateOptions? options = null,
        CancellationToken cancellationToken = default) =>
        client.CreateAsync(path, Encoding.UTF8.GetBytes(text), options, cancellationToken);

    /// <summary>Creates a znode without data.</summary>
    public static ValueTask<CreatedZnode> CreateAsync(
        this ICoordinationClient client, string path, CreateOptions? options = null,
        CancellationToken cancellationToken = default) =>
        client.CreateAsync(path, ReadOnlyMemory<byte>.Empty, options, cancellationToken);

    /// <summary>Creates a znode with a value as JSON.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The path, or its beginning where a number is appended.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How to write it, as source generation has it.</param>
    /// <param name="options">What kind of znode; a persistent one where nothing is said.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static ValueTask<CreatedZnode> CreateJsonAsync<T>(
        this ICoordinationClient client, string path, T value, JsonTypeInfo<T> type, CreateOptions? options = null,
        CancellationToken cancellationToken = default) =>
        client.CreateAsync(path, JsonSerializer.SerializeToUtf8Bytes(value, type), options, cancellationToken);

    /// <summary>Sets a znode's data to text in UTF-8.</summary>
    public static ValueTask<Stat> SetDataAsync(
        this ICoordinationClient client, string path, string text, int version = ICoordinationClient.AnyVersion,
        CancellationToken cancellationToken = default) =>
        client.SetDataAsync(path, Encoding.UTF8.GetBytes(text), version, cancellationToken);

    /// <summary>Sets a znode's data to a value as JSON.</summary>
    public static ValueTask<Stat> SetJsonAsync<T>(
        this ICoordinationClient client, string path, T value, JsonTypeInfo<T> type,
        int version = ICoordinationClient.AnyVersion, CancellationToken cancellationToken = default) =>
        client.SetDataAsync(path, JsonSerializer.SerializeToUtf8Bytes(value, type), version, cancellationToken);

    /// <summary>Sets a znode's data if a lock is still held where that is done.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode.</param>
    /// <param name="data">The data.</param>
    /// <param name="held">The lock.</param>
    /// <param name="version">The version that the znode must have; -1 for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LockLostException">The lock was not held, and nothing was done.</exception>
    public static async ValueTask<Stat> SetDataAsync(
        this ICoordinationClient client, string path, ReadOnlyMemory<byte> data, LockHandle held,
        int version = ICoordinationClient.AnyVersion, CancellationToken cancellationToken = default)
    {
        try
        {
            var results = await client.BeginTransaction().CheckHeld(held).SetData(path, data, version)
                .CommitAsync(cancellationToken).ConfigureAwait(false);
            return ((SetDataResult)results[1]).Stat;
        }
        catch (TransactionFailedException exception)
        {
            throw exception.Reason;
        }
    }

    /// <summary>Begins a transaction.</summary>
    public static Transaction BeginTransaction(this ICoordinationClient client) => new(client);

    /// <summary>Begins a batch of reads.</summary>
    public static ReadBatch BeginRead(this ICoordinationClient client) => new(client);

    /// <summary>Sets a watch that stays, and gives its events out to be read.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode, which need not exist.</param>
    /// <param name="mode">The znode and its children, or the znode and all below it.</param>
    /// <param name="cancellationToken">Ends the wait for the watch.</param>
    public static ValueTask<WatchStream> WatchAsync(
        this ICoordinationClient client, string path, AddWatchMode mode, CancellationToken cancellationToken = default) =>
        WatchStream.OpenAsync(client, path, mode, cancellationToken);

    /// <summary>Creates a znode and those above it, as far as they are missing.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode.</param>
    /// <param name="options">What kind of znodes; persistent ones where nothing is said.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask EnsurePathAsync(
        this ICoordinationClient client, string path, CreateOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        // Mostly it is there, and then that is all that is asked.
        if (path == "/" || await client.ExistsAsync(path, cancellationToken).ConfigureAwait(false) is not null)
            return;
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
            await EnsureAsync(client, path[..slash], options, cancellationToken).ConfigureAwait(false);
        await EnsureAsync(client, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets a znode's data, or creates it with that.</summary>
    public static async ValueTask CreateOrSetAsync(
        this ICoordinationClient client, string path, ReadOnlyMemory<byte> data, CreateOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        while (true)
        {
            try
            {
                await client.SetDataAsync(path, data, cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (NoNodeException)
            {
                // Then it is created.
            }
            try
            {
                await client.CreateAsync(path, data, options, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (NodeExistsException)
            {
                // Somebody was faster.
            }
        }
    }

    /// <summary>Deletes a znode and all below it, one by one and from below: others may see it half done, and what they
    /// create meanwhile is deleted too. However many there are; up to ten thousand our servers delete at once
    /// (<see cref="ICoordinationClient.DeleteRecursiveAsync"/>).</summary>
    /// <returns>Whether there was anything.</returns>
    public static async ValueTask<bool> DeleteTreeAsync(
        this ICoordinationClient client, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        while (true)
        {
            try
            {
                await client.DeleteAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (NoNodeException)
            {
                return false;
            }
            catch (NotEmptyException)
            {
                await DeleteChildrenAsync(client, path, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask DeleteChildrenAsync(
        ICoordinationClient client, string path, CancellationToken cancellationToken)
    {
        ZnodeChildren children;
        try
        {
            children = await client.GetChildrenAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (NoNodeException)
        {
            return;
        }
        string prefix = path == "/" ? path : path + "/";
        foreach (string name in children.Names)
            await client.DeleteTreeAsync(prefix + name, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask EnsureAsync(
        ICoordinationClient client, string path, CreateOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            await Certainty.CreateAsync(client, path, options, cancellationToken).ConfigureAwait(false);
        }
        catch (AccessDeniedException) when (options is null)
        {
            // Whoever may not create below the root may still find what is there.
            if (await client.ExistsAsync(path, cancellationToken).ConfigureAwait(false) is null)
                throw;
        }
    }
}
