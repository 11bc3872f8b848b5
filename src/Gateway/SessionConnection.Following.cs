using Coordination.Engine;
using Coordination.Gateway.Following;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <content>Watches that go on from a zxid.</content>
internal sealed partial class SessionConnection
{
    private const int MostUpdateWatches = 256;
    private const int EndsWatch = -1;

    private CancellationTokenSource? _ending;
    private Dictionary<int, UpdateWatch>? _updateWatches;

    /// <summary>What the connection works with.</summary>
    public GatewayServices Services => _services;

    /// <summary>What is on its way to the client.</summary>
    public Outbox Outbox => _outbox;

    /// <summary>Cancelled once the connection is over, where it has such watches.</summary>
    public CancellationToken Ending => _ending!.Token;

    /// <summary>Whether updates may be put into the outbox now. Under its gate.</summary>
    public bool HasRoomForUpdates => _outbox.Unsent <= _services.Options.MostUnsentAnswers;

    /// <summary>Has sent what was put into the outbox while an entry was applied. Under its gate.</summary>
    public void ToldOfUpdates()
    {
        _answered++;
        CallAfterApply();
    }

    /// <summary>Ends the connection: what is to be told to it cannot be.</summary>
    public void EndForUpdates() => EndSoon();

    // The answer comes before all that the watch tells.
    private Step AnswerWatchFrom(RequestHeader header, ref JuteReader record)
    {
        var error = WatchFrom(ref record, out var watch);
        HeaderFrame.Write(_outbox.Buffer, header.Xid, _services.Replica.State.LastZxid, error);
        watch?.Begin();
        return Step.GoOn;
    }

    private ErrorCode WatchFrom(ref JuteReader record, out UpdateWatch? begun)
    {
        begun = null;
        int number = record.ReadInt();
        var path = record.ReadUtf8();
        int mode = record.ReadInt();
        long after = record.ReadLong();
        _updateWatches ??= [];
        _ending ??= new CancellationTokenSource();
        if (mode == EndsWatch)
        {
            if (!_updateWatches.Remove(number, out var ended))
                return ErrorCode.NoWatcher;
            ended.End();
            return ErrorCode.Ok;
        }
        if (!ZnodePath.IsValid(path) || mode is not (0 or 1) || _updateWatches.ContainsKey(number))
            return ErrorCode.BadArguments;
        if (_updateWatches.Count >= MostUpdateWatches)
            return ErrorCode.LimitExceeded;
        begun = new UpdateWatch(this, number, path.ToArray(), isRecursive: mode == 1, after);
        _updateWatches.Add(number, begun);
        return ErrorCode.Ok;
    }

    // With each ping, so that a client that comes back knows how far it was told although nothing was done.
    private void MarkUpdates()
    {
        if (_updateWatches is null)
            return;
        foreach (var watch in _updateWatches.Values)
            watch.Mark();
    }

    private void SilenceUpdateWatches()
    {
        if (_updateWatches is null)
            return;
        foreach (var watch in _updateWatches.Values)
            watch.FallSilent();
    }

    // The replica's lock is held.
    private void EndUpdateWatches()
    {
        if (_updateWatches is null)
            return;
        foreach (var watch in _updateWatches.Values)
            watch.End();
        _ending!.Cancel();
    }
}
