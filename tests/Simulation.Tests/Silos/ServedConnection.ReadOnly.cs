using Coordination.Gateway.Serving;
using Coordination.Grains.Messages;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Silos;

/// <content>A session that is served read-only.</content>
internal sealed partial class ServedConnection
{
    private ReadOnlySession? _readOnly;

    private bool IsReadOnly => _readOnly is not null;

    // Nobody who reads at a silo that cannot ask is promised to be spared what a restore has lost.
    private bool ShowsWhatIsLost => IsReadOnly && life.World.Referee.HasLost(life);

    private bool TryConnectReadOnly(ConnectMessage connect)
    {
        bool isAhead = connect.LastZxid > life.Replica.LastZxid && life.World.Mutations.KnowsItsPlace;
        if (!connect.CanBeReadOnly || isAhead || life.World.Referee.HasLost(life))
            return false;
        var request = new ConnectRequest(
            connect.LastZxid, connect.TimeoutMilliseconds, connect.SessionId, connect.Password, ReadOnly: true);
        if (!life.ReadOnlySessions.TryAttach(request, out _readOnly))
            return false;
        if (_readOnly is null)
        {
            Refuse();
            return false;
        }
        _session = _readOnly.Tracked;
        life.ReadOnlySessions.Bind(_readOnly, this);
        var ticket = new SessionTicket(_session.Id, _readOnly.Password, _session.TimeoutMilliseconds, 0, []);
        _outbox.Add(new ConnectedMessage(ticket, _heardAt) { IsReadOnly = true, IsLocal = _readOnly.IsLocal });
        Flush();
        return true;
    }

    private bool IsRefusedReadOnly(RequestKind kind) =>
        kind is RequestKind.Write or RequestKind.Sync || (kind == RequestKind.CloseSession && !_readOnly!.IsLocal);
}
