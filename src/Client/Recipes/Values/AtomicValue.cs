using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>A value that is changed only by who knows it: each change rests on the value before it.</summary>
/// <remarks>The layout is that of Curator's <c>DistributedAtomicValue</c> and <c>SharedValue</c>: the bytes are a znode's data,
/// and its version tells whether it has changed. On our servers a change is made once, whatever becomes of the connection. On
/// others one whose answer was lost fails with <see cref="ConnectionLossException"/>, for nobody can tell whether it was
/// made.</remarks>
public sealed class AtomicValue
{
    private readonly ICoordinationClient _client;

    /// <summary>Names a value.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode; created with those above it by the first change.</param>
    public AtomicValue(ICoordinationClient client, string path)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        Path = ChrootPath.ToServer(string.Empty, path);
    }

    /// <summary>The znode.</summary>
    public string Path { get; }

    /// <summary>Reads the value.</summary>
    /// <returns>The value and its version; null where none was ever set.</returns>
    public ValueTask<Znode?> GetAsync(CancellationToken cancellationToken = default) =>
        Listing.TryReadAsync(_client, Path, cancellationToken);

    /// <summary>Sets the value whatever it is.</summary>
    /// <exception cref="ConnectionLossException">It is not known whether it was set.</exception>
    public async ValueTask SetAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        await EnsureParentAsync(cancellationToken).ConfigureAwait(false);
        await _client.CreateOrSetAsync(Path, value, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the value if nobody has changed it since it was read.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="read">What was read; null where there was none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was set.</returns>
    /// <exception cref="ConnectionLossException">It is not known whether it was set.</exception>
    public async ValueTask<bool> TrySetAsync(
        ReadOnlyMemory<byte> value, Znode? read, CancellationToken cancellationToken = default) =>
        await TryWriteAsync(value, read, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>As <see cref="TrySetAsync"/>.</summary>
    /// <returns>The Stat as of then; null where it was not set.</returns>
    internal async ValueTask<Stat?> TryWriteAsync(
        ReadOnlyMemory<byte> value, Znode? read, CancellationToken cancellationToken)
    {
        try
        {
            if (read is { } known)
                return await _client.SetDataAsync(Path, value, known.Version, cancellationToken).ConfigureAwait(false);
            await EnsureParentAsync(cancellationToken).ConfigureAwait(false);
            return (await _client.CreateAsync(Path, value, cancellationToken: cancellationToken).ConfigureAwait(false)).Stat;
        }
        catch (CoordinationException exception) when (exception is BadVersionException or NodeExistsException or NoNodeException
            or WriteRefusedException)
        {
            return null;
        }
    }

    /// <summary>Changes the value, as often as it takes until nobody else has changed it meanwhile.</summary>
    /// <param name="change">Makes the new value of the old one, which is empty where there is none. It may be called
    /// several times.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="ConnectionLossException">It is not known whether it was changed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> UpdateAsync(
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        for (int attempt = 0; ; attempt++)
        {
            var read = await GetAsync(cancellationToken).ConfigureAwait(false);
            var value = change(read?.Data ?? default);
            if (await TrySetAsync(value, read, cancellationToken).ConfigureAwait(false))
                return value;
            // Where many change it at once, some wait, so that others get done.
            var pause = TimeSpan.FromMilliseconds(Random.Shared.Next(1 << Math.Min(attempt, 6)));
            await Task.Delay(pause, _client.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask EnsureParentAsync(CancellationToken cancellationToken)
    {
        int slash = Path.LastIndexOf('/');
        return slash == 0 ? ValueTask.CompletedTask : _client.EnsurePathAsync(Path[..slash], null, cancellationToken);
    }
}
