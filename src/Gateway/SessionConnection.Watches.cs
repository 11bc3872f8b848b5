using System.Diagnostics;
using Coordination.Engine.Security;
using Coordination.Engine.Watches;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Events for the client, and its watches as they are set anew in pieces, and dropped so.</content>
internal sealed partial class SessionConnection
{
    /// <inheritdoc/>
    public override bool MayRead(ReadOnlySpan<Acl> acl) => AccessRules.Allows(acl, Permissions.Read, _caller.Identities);

    /// <inheritdoc/>
    public override void Notify(in WatchEvent watchEvent)
    {
        lock (_outbox.Gate)
        {
            // The watches go after the session has, and nothing may follow the reply to closeSession.
            if (_hasSaidFarewell)
                return;
            EventFrame.Write(_outbox.Buffer, watchEvent);
            _answered++;
            CallAfterApply();
        }
    }

    private async Task RenewWatchesAsync(CancellationToken cancellationToken)
    {
        long readAt = Stopwatch.GetTimestamp();
        using var renewal = _renewal!;
        _renewal = null;
        while (!_isEnded && !RenewSome(renewal))
        {
            _outbox.Flush();
            if (_outbox.Unsent > _services.Options.MostUnsentAnswers)
                await _outbox.WaitUntilSentAsync().WaitAsync(cancellationToken);
            await _services.Replica.WhenSettledAsync(cancellationToken);
            await LetOthersInAsync();
        }
        if (_isEnded)
            return;
        _traffic.Measure(1, _services.Statistics.AnsweredReads(1, readAt, default), renewal.Header, _services.Replica.LastZxid);
        Count(0, 1);
        _outbox.Flush();
    }

    // Whether all are renewed, and the request is answered.
    private bool RenewSome(WatchRenewal renewal)
    {
        using (_services.Replica.Lock.EnterRead())
        {
            lock (_outbox.Gate)
            {
                var state = _services.Replica.State;
                if (state.IsBetween)
                    return false;
                _isAnsweringReads = true;
                bool isDone = renewal.GoOn(MostWatchesAtOnce, state, this);
                _isAnsweringReads = false;
                if (isDone)
                    HeaderFrame.Write(_outbox.Buffer, renewal.Header.Xid, state.LastZxid, renewal.Error);
                return isDone;
            }
        }
    }

    // The thread that polls the sockets is needed for other connections, the lock for other writes.
    private async ValueTask LetOthersInAsync()
    {
        await Task.Yield();
        _services.Replica.Lock.LetWriterIn();
    }

    private bool RemoveSome(WatchRemoval removal)
    {
        using (_services.Replica.Lock.EnterRead())
            return removal.GoOn(MostWatchesAtOnce);
    }
}
