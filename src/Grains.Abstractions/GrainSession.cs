using System.Runtime.CompilerServices;
using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Grains;

/// <summary>A client's session at the grains. It keeps account of what the client has seen, so that the client finds its own
/// writes, and never sees less than it has seen, at whichever silos the grains are that it calls.</summary>
/// <remarks>For any number of threads. What one has been answered, all have seen.</remarks>
public sealed class GrainSession
{
    private readonly IGrainFactory _grains;
    private readonly SessionOpening _opening;
    private readonly ConditionalWeakTable<IZnodeObserver, SeeingObserver> _observers = [];
    private SessionTicket _ticket;

    /// <summary>Goes on with a session that is open.</summary>
    /// <param name="grains">Where the grains are.</param>
    /// <param name="ticket">The session's ticket.</param>
    /// <param name="opening">What it is attached with, when it has to be; null for its timeout and no identities.</param>
    public GrainSession(IGrainFactory grains, SessionTicket ticket, SessionOpening? opening = null)
    {
        _grains = grains;
        _ticket = ticket;
        _opening = opening ?? new SessionOpening(ticket.TimeoutMilliseconds);
    }

    /// <summary>The session's ticket, with the highest zxid seen so far.</summary>
    public SessionTicket Ticket => Volatile.Read(ref _ticket);

    private ISessionGrain Grain => _grains.GetGrain<ISessionGrain>(Ticket.SessionId);

    private ISequencerGrain Sequencer => _grains.GetGrain<ISequencerGrain>(0);

    /// <summary>Opens a session.</summary>
    /// <param name="grains">Where the grains are.</param>
    /// <param name="id">The session's id: not 0, and one that no open session has.</param>
    /// <param name="opening">Its timeout, and the identities that it is opened, and attached again, with.</param>
    /// <exception cref="ZnodeException">There is a session of that id already, or the write failed.</exception>
    public static async Task<GrainSession> OpenAsync(IGrainFactory grains, long id, SessionOpening opening) =>
        new(grains, await grains.GetGrain<ISessionGrain>(id).OpenAsync(opening).ConfigureAwait(false), opening);

    /// <summary>A znode, on behalf of the session.</summary>
    /// <param name="path">Its path.</param>
    public SessionZnode Znode(string path) => new(this, _grains.GetGrain<IZnodeGrain>(path));

    /// <summary>Tells of what the client has seen by other ways than through this session: what it reads from now on is as of that
    /// zxid, or a later one.</summary>
    /// <param name="zxid">The zxid; one below what is known already changes nothing.</param>
    public void Saw(long zxid)
    {
        for (var ticket = Ticket; zxid > ticket.Seen; ticket = Ticket)
            Interlocked.CompareExchange(ref _ticket, ticket with { Seen = zxid }, ticket);
    }

    /// <summary>Asks the log how far it goes: what is read from now on shows every write that was acknowledged to anybody before.
    /// ZooKeeper's sync.</summary>
    /// <exception cref="ZnodeException">CONNECTIONLOSS: the log cannot be asked now.</exception>
    public async Task SyncAsync() => Saw(await Sequencer.GetLastZxidAsync().ConfigureAwait(false));

    /// <summary>Takes a block of numbers from a named counter, as <see cref="ISequencerGrain.TakeAsync"/>.</summary>
    /// <exception cref="ArgumentException">The name or the count is out of bounds.</exception>
    /// <exception cref="ZnodeException">The write failed.</exception>
    public async Task<NumberBlock> TakeNumbersAsync(string counter, int count)
    {
        var block = await Sequencer.TakeAsync(counter, count).ConfigureAwait(false);
        Saw(block.Zxid);
        return block;
    }

    /// <summary>Keeps the session alive, to be called several times per timeout: pings, and attaches the session anew where the
    /// silo that answered for it is gone.</summary>
    /// <returns>Whether the session is still open; where it is not, its ephemerals are gone.</returns>
    /// <exception cref="ZnodeException">The write failed; CONNECTIONLOSS: nothing is known of the session now. Ask again: it counts as
    /// silence.</exception>
    public async Task<bool> KeepAliveAsync()
    {
        var ticket = Ticket;
        return await Grain.PingAsync(ticket.AttachZxid).ConfigureAwait(false) || await AttachAsync().ConfigureAwait(false);
    }

    /// <summary>Attaches the session anew, to whoever calls, and so takes it from whoever had it.</summary>
    /// <returns>Whether the session is still open.</returns>
    /// <exception cref="ZnodeException">The write failed.</exception>
    public async Task<bool> AttachAsync()
    {
        var attached = await Grain.AttachAsync(Ticket.Password, _opening).ConfigureAwait(false);
        if (attached is null)
            return false;
        for (var ticket = Ticket; attached.AttachZxid > ticket.AttachZxid; ticket = Ticket)
            Interlocked.CompareExchange(ref _ticket, attached with { Seen = Math.Max(attached.Seen, ticket.Seen) }, ticket);
        return true;
    }

    /// <summary>Closes the session and deletes its ephemerals, in one zxid.</summary>
    /// <exception cref="ZnodeException">The session is another's by now, or the write failed.</exception>
    public Task CloseAsync() => Grain.CloseAsync(Ticket.AttachZxid);

    /// <summary>What grains know an observer of this client by. It leads there for as long as the observer and the session are kept
    /// alive.</summary>
    internal IZnodeObserver ReferenceTo(IZnodeObserver observer) =>
        _observers.GetValue(observer, key => new SeeingObserver(this, key, _grains)).Reference;
}
