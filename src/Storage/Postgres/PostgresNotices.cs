using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Notices by LISTEN and NOTIFY, each over a connection of its own.</summary>
/// <remarks>Not from within the append: a commit that notifies holds a lock that all of the database's commits share.</remarks>
internal sealed class PostgresNotices : ILogNotices, IAsyncDisposable
{
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly string _channel;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _announced = new(0, 1);
    private readonly Task _sending;
    private NpgsqlConnection? _listener;
    private long _position;

    public PostgresNotices(NpgsqlDataSource source, string cluster)
    {
        _source = source;
        _channel = PostgresSchema.Quote($"coordination {cluster}");
        _sending = Task.Run(SendAsync);
    }

    /// <inheritdoc/>
    public void Announce(long position)
    {
        Volatile.Write(ref _position, position);
        if (_announced.CurrentCount > 0)
            return;
        try
        {
            _announced.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another has just announced: its notice tells of this row too.
        }
    }

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            _listener ??= await ListenAsync(cancellationToken);
            await _listener.WaitAsync(longest, cancellationToken);
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure) || failure is InvalidOperationException)
        {
            await CloseListenerAsync();
            await Task.Delay(longest, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        await CloseListenerAsync();
        _stopping.Dispose();
        _announced.Dispose();
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand($"LISTEN {_channel}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task SendAsync()
    {
        long sent = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _announced.WaitAsync(_stopping.Token);
                await using var connection = await _source.OpenConnectionAsync(_stopping.Token);
                await using var command = new NpgsqlCommand($"NOTIFY {_channel}", connection);
                while (sent != Volatile.Read(ref _position))
                {
                    sent = Volatile.Read(ref _position);
                    await command.ExecuteNonQueryAsync(_stopping.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
            {
                // The others find the row when they next look.
                await Task.Delay(_pauseAfterFailure, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask CloseListenerAsync()
    {
        if (_listener is not { } listener)
            return;
        _listener = null;
        try
        {
            await listener.DisposeAsync();
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            // It is broken, which is why it is closed.
        }
    }
}
