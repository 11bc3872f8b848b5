using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Coordination.Client.Connecting;

/// <summary>Tells of the states that a client comes into, in their order, to whoever wants to know.</summary>
internal sealed class StateStream : IAsyncDisposable
{
    // Who does not listen for that many changes is told of the last ones.
    private const int MostUntold = 256;

    private readonly Lock _gate = new();
    private readonly List<Channel<SessionStateChange>> _readers = [];
    private readonly Channel<SessionStateChange> _changes = Bounded();
    private readonly Action<SessionStateChange> _raise;
    private readonly Task _telling;
    private SessionStateChange _current = new(SessionState.Connecting, 0);

    /// <param name="raise">Calls the listeners; it is called for one change after the other.</param>
    internal StateStream(Action<SessionStateChange> raise)
    {
        _raise = raise;
        _telling = Task.Run(TellAsync);
    }

    internal SessionState Current
    {
        get
        {
            lock (_gate)
                return _current.State;
        }
    }

    internal void Enter(SessionState state, long sessionId, SessionEnd end = SessionEnd.None)
    {
        lock (_gate)
        {
            // What is over stays over.
            if (_current.State is SessionState.Closed
                || (_current.State == SessionState.AuthenticationFailed && state != SessionState.Closed))
            {
                return;
            }
            _current = new SessionStateChange(state, sessionId, end);
            _changes.Writer.TryWrite(_current);
            foreach (var reader in _readers)
                reader.Writer.TryWrite(_current);
        }
    }

    /// <summary>The state that the client is in, and each that it comes into from now on, until it is disposed of.</summary>
    internal async IAsyncEnumerable<SessionStateChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Bounded();
        lock (_gate)
        {
            channel.Writer.TryWrite(_current);
            _readers.Add(channel);
            if (_current.State == SessionState.Closed)
                channel.Writer.TryComplete();
        }
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(channel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _changes.Writer.TryComplete();
            foreach (var reader in _readers)
                reader.Writer.TryComplete();
        }
        await _telling.ConfigureAwait(false);
    }

    private static Channel<SessionStateChange> Bounded() => Channel.CreateBounded<SessionStateChange>(
        new BoundedChannelOptions(MostUntold) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private async Task TellAsync()
    {
        await foreach (var change in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
            _raise(change);
    }
}
