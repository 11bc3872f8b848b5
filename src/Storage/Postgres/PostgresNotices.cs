using System.Globalization;
using Npgsql;

namespace Coordination.Storage.Postgres;

/// <summary>Notices by LISTEN and NOTIFY, each over a connection of its own.</summary>
/// <remarks>Not from within the append: a commit that notifies holds a lock that all of the database's commits that notify
/// share. A notice wakes every silo, and makes it read: while many rows are appended, one of them in some milliseconds is
/// told of, and reading brings the others.</remarks>
internal sealed class PostgresNotices : ILogNotices, IAsyncDisposable
{
    private const int MostAtOnce = 8;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly string _channel;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _announced = new(0, 1);
    private readonly Task _sending;
    private NpgsqlConnection? _listener;
    private long _zxid;
    private long _heard;

    public PostgresNotices(NpgsqlDataSource source, string cluster)
    {
        _source = source;
        // Names are cut off where they are long; a schema's may be.
        _channel = string.Create(CultureInfo.InvariantCulture, $"coordination_{PostgresSchema.KeyOf(cluster):x16}");
        _sending = Task.Run(SendAsync);
    }

    /// <inheritdoc/>
    public void Announce(long zxid)
    {
        Volatile.Write(ref _zxid, zxid);
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
    public async Task<long> WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            _listener ??= await ListenAsync(cancellationToken);
            _heard = 0;
            await _listener.WaitAsync(longest, cancellationToken);
            return _heard;
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure) || failure is InvalidOperationException)
        {
            await CloseAsync(_listener);
            _listener = null;
            await Task.Delay(longest, cancellationToken);
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        await CloseAsync(_listener);
        _stopping.Dispose();
        _announced.Dispose();
    }

    private static async ValueTask CloseAsync(NpgsqlConnection? connection)
    {
        if (connection is null)
            return;
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
        {
            // It is broken, which is why it is closed.
        }
    }

    private Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken) => ConnectAsync(
        $"LISTEN {_channel}",
        (_, notice) =>
        {
            if (long.TryParse(notice.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out long zxid))
                _heard = Math.Max(_heard, zxid);
        },
        cancellationToken);

    private async Task<NpgsqlConnection> ConnectAsync(
        string first, NotificationEventHandler? heard, CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            if (heard is not null)
                connection.Notification += heard;
            await using var command = new NpgsqlCommand(first, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await CloseAsync(connection);
            throw;
        }
    }

    private async Task SendAsync()
    {
        NpgsqlConnection? connection = null;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // A notice is a commit; what it tells of is durable already.
                connection ??= await ConnectAsync("SET synchronous_commit = off", heard: null, _stopping.Token);
                await SendAsync(connection);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception failure) when (PostgresFailures.IsUnavailable(failure))
            {
                // The others find the row when they next look.
                await CloseAsync(connection);
                connection = null;
                await Task.Delay(_pauseAfterFailure, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await CloseAsync(connection);
    }

    private async Task SendAsync(NpgsqlConnection connection)
    {
        var zxid = new NpgsqlParameter<string>();
        await using var command = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _channel });
        command.Parameters.Add(zxid);
        await command.PrepareAsync(_stopping.Token);
        int left = MostAtOnce;
        long last = Environment.TickCount64;
        while (true)
        {
            await _announced.WaitAsync(_stopping.Token);
            long quiet = Environment.TickCount64 - last;
            left = (int)Math.Min(MostAtOnce, left + (quiet / (long)_interval.TotalMilliseconds));
            if (left == 0)
                await Task.Delay(_interval, _stopping.Token);
            else
                left--;
            last = Environment.TickCount64;
            zxid.TypedValue = Volatile.Read(ref _zxid).ToString(CultureInfo.InvariantCulture);
            await command.ExecuteNonQueryAsync(_stopping.Token);
        }
    }
}
