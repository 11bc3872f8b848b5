using Coordination.Engine.Checkpoint;
using Coordination.Grains.Messages;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Clients;
using Coordination.Simulation.Tests.Connecting;
using Coordination.Simulation.Tests.Database;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Simulation.Tests.Silos;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>Sees everything, and holds it to what is promised.</summary>
/// <param name="simulator">The run.</param>
/// <param name="syncLimit">How old what a silo shows may be.</param>
internal sealed class Referee(Simulator simulator, TimeSpan syncLimit)
{
    private readonly Dictionary<(long Session, int Cxid), long> _numbers = [];
    private readonly HashSet<(long Session, int Cxid)> _refused = [];
    private readonly HashSet<UInt128> _lost = [];
    private readonly HashSet<Guid> _observers = [];
    private ReferenceHistory? _history;

    /// <summary>The format level was raised.</summary>
    public event Action<int>? Raised;

    /// <summary>What the log says.</summary>
    public ReferenceHistory History => _history ??= new ReferenceHistory(simulator, _numbers);

    /// <summary>The highest zxid that a client knows to be acknowledged.</summary>
    public long Floor { get; private set; }

    /// <summary>What was seen, to tell of at the end.</summary>
    public SeenCounts Seen { get; } = new();

    /// <summary>A row stands now.</summary>
    public void Appended(LogRow row)
    {
        var open = History.State.Sessions.Keys.ToHashSet();
        int epoch = History.State.Epoch;
        int level = History.FormatLevel;
        _lost.Remove(row.Checksum);
        Seen.LongEntries += History.Add(row);
        Seen.Rows++;
        if (History.FormatLevel != level)
            Raised?.Invoke(History.FormatLevel);
        // No run is so long that one is used up.
        simulator.Check(
            History.State.Epoch == epoch || !_observers.Contains(History.State.EpochSilo) || epoch == 0,
            () => $"{History.State.EpochSilo} is an observer, and has begun epoch {History.State.Epoch}");
        foreach (long id in open)
        {
            if (History.Sessions[id].ClosedAt is not null)
                CheckClosing(id);
        }
        foreach (var node in History.State.Sessions.Values.SelectMany(session => session.Ephemerals))
            simulator.Check(
                History.State.Sessions.ContainsKey(node.EphemeralOwner), () => "an ephemeral has outlived its session");
    }

    /// <summary>The database has these rows, and no others any more; nobody is there whom what was lost had been told.</summary>
    public void Restored(IReadOnlyList<LogRow> rows)
    {
        Seen.Restores++;
        _refused.Clear();
        _lost.UnionWith(History.Checksums);
        _history = new ReferenceHistory(simulator, _numbers);
        foreach (var row in rows)
        {
            _lost.Remove(row.Checksum);
            History.Add(row);
        }
        foreach (var session in History.Sessions.Values)
            session.IsGivenUp = true;
        Floor = Math.Min(Floor, History.State.LastZxid);
    }

    /// <summary>Whether a silo has what a restore of the database has lost.</summary>
    public bool HasLost(SiloLife life) => _lost.Contains(life.Replica.Tail.Checksum);

    /// <summary>A silo has loaded the checkpoint and the log behind it.</summary>
    public void Loaded(SiloLife life)
    {
        Seen.Loads++;
        if (life.Role == SiloRole.Observer)
            _observers.Add(life.Replica.Identity);
        CheckState(life, life.Replica.Tail.Position, life.Replica.Tail.Checksum);
    }

    /// <summary>A silo has applied a row.</summary>
    public void Applied(SiloLife life, LogRow row) => CheckState(life, row.Position, row.Checksum);

    /// <summary>The checkpoint was brought forward.</summary>
    public void Advanced(CheckpointState state) => Seen.Checkpoints++;

    /// <summary>A silo takes a session's client for silent.</summary>
    public void Judged(SiloLife life, long session)
    {
        simulator.Tell($"{life.Name}: session {session:x} is silent");
        // A silo that has not found out yet that the database was restored may know sessions that there never were.
        if (!History.Sessions.TryGetValue(session, out var logged))
            return;
        logged.JudgedAt = simulator.Now;
        simulator.Check(
            life.Role == SiloRole.Participant || logged.Silos.Contains(life.Replica.Identity),
            () => $"{life.Name} is an observer, and judges session {session:x} of another silo");
        simulator.Check(
            life.World.Weather.AllowsSilence(logged.Timeout),
            () => $"{life.Name} takes session {session:x} for silent, though the database was away");
    }

    /// <summary>A client sends a request.</summary>
    public void Asked(SimulatedClient client, ClientRequest request)
    {
        if (request.Once.IsGiven)
            _numbers[(client.SessionId, request.Cxid)] = request.Once.Number;
    }

    /// <summary>A client was told what became of a request.</summary>
    public void Answered(SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        Seen.Answers++;
        if (client.IsReadOnly)
        {
            CheckReadOnly(client, request, answer);
            return;
        }
        Hear(client.SessionId, answer.HeardAt);
        if (request.Kind == RequestKind.Write)
            CheckWrite(client, request, answer);
        else if (IsRead(request))
            CheckRead(client, request, answer);
        // What fails because the log cannot be reached has looked at nothing.
        if (answer.Error is ErrorCode.SystemError or ErrorCode.ConnectionLoss)
            return;
        simulator.Check(
            answer.Zxid >= client.LastZxid,
            () => $"{client.Name} is shown 0x{answer.Zxid:x} after 0x{client.LastZxid:x}: {request}");
        if (request.Kind is RequestKind.Write or RequestKind.Sync)
        {
            simulator.Check(
                answer.Zxid >= request.Floor,
                () => $"{client.Name} is answered as of 0x{answer.Zxid:x}, "
                    + $"though 0x{request.Floor:x} was acknowledged before it asked: {request}");
        }
    }

    /// <summary>A client has its session.</summary>
    public void Attached(SimulatedClient client, SessionTicket ticket, TimeSpan heardAt)
    {
        simulator.Check(
            History.Sessions.TryGetValue(ticket.SessionId, out var session)
                && session.Attachments.Contains(ticket.AttachZxid),
            () => $"{client.Name} is attached to session {ticket.SessionId:x} by 0x{ticket.AttachZxid:x}, which is not in the log");
        Hear(ticket.SessionId, heardAt);
        Floor = Math.Max(Floor, ticket.AttachZxid);
    }

    /// <summary>A client was told that its session is no more.</summary>
    public void ToldExpired(SimulatedClient client)
    {
        Seen.Expiries++;
        simulator.Check(
            History.Sessions[client.SessionId].ClosedAt is not null,
            () => $"{client.Name} is told that session {client.SessionId:x} has expired, and it has not");
    }

    // What was lost may still be on its way to a silo that has not found out: it serves nobody with it.
    private void CheckState(SiloLife life, long position, UInt128 checksum)
    {
        if (_lost.Contains(checksum))
            return;
        var digest = ReferenceHistory.DigestOf(life.Replica.State);
        var expected = History.DigestAt(position);
        // What a silo that has not found out brings into the checkpoint lacks the answers that clients wait for no more, by
        // what the restore has lost.
        simulator.Check(
            expected?.State == digest.State && (Seen.Restores > 0 || expected?.Answers == digest.Answers),
            () => $"{life.Name} has another state at row {position} than the log says:\n"
                + StateDifference.Of(History.State, life.Replica.State));
    }

    private void CheckWrite(SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        bool isNumbered = request.Once.IsGiven;
        if (isNumbered && request.IsAgain)
            Seen.SentAgain++;
        var own = History.Writes.OfRequest(client.SessionId, request.Cxid);
        var standing = isNumbered ? History.Writes.OfNumber(client.SessionId, request.Once.Number) : own;
        if (answer.Error == ErrorCode.Ok)
            CheckDone(client, request, answer, own, standing);
        else
            CheckRefusal(client, request, answer, own, standing);
    }

    private void CheckDone(
        SimulatedClient client, ClientRequest request, AnswerMessage answer, LoggedWrite? own, LoggedWrite? standing)
    {
        var write = (client.SessionId, request.Cxid);
        Seen.Writes++;
        Floor = Math.Max(Floor, answer.Zxid);
        simulator.Check(standing is not null, () => $"{client.Name} has write {write} acknowledged, and it is not in the log: {request}");
        simulator.Check(
            answer.Text == standing?.Answer,
            () => $"{client.Name} is told '{answer.Text}' of what did '{standing?.Answer}': {request}");
        if (own is null)
        {
            Seen.Repeats++;
            simulator.Check(
                standing?.Zxid <= answer.Zxid,
                () => $"{client.Name} has write {write} acknowledged as of 0x{answer.Zxid:x}, the log has it at 0x{standing?.Zxid:x}");
            return;
        }
        simulator.Check(
            own.Zxid == answer.Zxid,
            () => $"{client.Name} has write {write} acknowledged as 0x{answer.Zxid:x}, the log has it at 0x{own.Zxid:x}");
        simulator.Check(
            answer.Zxid > request.Floor,
            () => $"{client.Name} has write {write} at 0x{answer.Zxid:x}, not behind 0x{request.Floor:x}");
    }

    private void CheckRefusal(
        SimulatedClient client, ClientRequest request, AnswerMessage answer, LoggedWrite? own, LoggedWrite? standing)
    {
        var write = (client.SessionId, request.Cxid);
        Seen.Refusals++;
        simulator.Check(own is null, () => $"{client.Name}: write {write} is refused with {answer.Error}, and in the log");
        _refused.Add(write);
        // One that fails for what has nothing to do with it may have been done when it was sent before.
        simulator.Check(
            standing is null || standing.Zxid > answer.Zxid || !Refusals.AreOfTheWrite(answer.Error),
            () => $"{client.Name}: {answer.Error} as of 0x{answer.Zxid:x}, and it was done at 0x{standing?.Zxid:x}: {request}");
        simulator.Check(
            Refusals.AreTrue(History, client, request, answer),
            () => $"{client.Name}: {answer.Error} as of 0x{answer.Zxid:x} is not true of {request}");
    }

    // However old it is, it is a state that there was, and not before one that the client has seen.
    private void CheckReadOnly(SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        simulator.Check(
            answer.Zxid >= client.LastZxid,
            () => $"{client.Name} is shown 0x{answer.Zxid:x} after 0x{client.LastZxid:x}: {request}");
        if (IsRead(request))
        {
            Seen.ReadOnlyReads++;
            CheckShown(client, request, answer);
        }
        else if (request.Kind is RequestKind.Write or RequestKind.Sync)
        {
            simulator.Check(
                answer.Error == ErrorCode.NotReadOnly, () => $"{client.Name} is served read-only, and has {answer.Error}: {request}");
            simulator.Check(
                History.Writes.OfRequest(client.SessionId, request.Cxid) is null,
                () => $"{client.Name} is served read-only, and its write is in the log: {request}");
            _refused.Add((client.SessionId, request.Cxid));
        }
    }

    private static bool IsRead(ClientRequest request) =>
        request.Kind is RequestKind.GetData or RequestKind.Exists or RequestKind.GetChildren;

    private void CheckRead(SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        Seen.Reads++;
        simulator.Check(
            answer.Zxid >= History.TailAt(answer.HeardAt - syncLimit),
            () => $"{client.Name} reads as of 0x{answer.Zxid:x}, which is older than a silo may show: {request}");
        CheckShown(client, request, answer);
    }

    private void CheckShown(SimulatedClient client, ClientRequest request, AnswerMessage answer)
    {
        var version = History.At(request.Path, answer.Zxid);
        string truth = (request.Kind == RequestKind.GetChildren ? version?.Children : version?.Data) ?? string.Empty;
        simulator.Check(
            truth == answer.Text,
            () => $"{client.Name} reads '{answer.Text}' as of 0x{answer.Zxid:x}, where the log has '{truth}': {request}");
    }

    private void Hear(long session, TimeSpan at)
    {
        var logged = History.Sessions[session];
        logged.Heard.Add(at);
        if (logged.ClosedAt is not null)
            CheckHeard(session, logged);
    }

    private void CheckClosing(long id)
    {
        var session = History.Sessions[id];
        simulator.Tell($"session {id:x} is closed by {session.ClosedAt:x}");
        simulator.Check(
            session.IsGivenUp || session.JudgedAt is not null, () => $"session {id:x} is closed, and nobody wanted it");
        Seen.Closings++;
        CheckHeard(id, session);
    }

    // What is heard after the judgement comes too late.
    private void CheckHeard(long id, LoggedSession session)
    {
        if (session.IsGivenUp || session.JudgedAt is not { } judged)
            return;
        foreach (var heard in session.Heard)
        {
            simulator.Check(
                heard > judged || heard + session.Timeout <= judged,
                () => $"session {id:x} was taken for silent at {judged.TotalMilliseconds} ms, "
                    + $"and its client was heard at {heard.TotalMilliseconds} ms, with {session.Timeout.TotalMilliseconds} ms to live");
        }
    }

    /// <summary>At the end: the checkpoint is a state that the log had.</summary>
    public void CheckCheckpoint(SimulatedDatabase database)
    {
        var loaded = database.Checkpoint.Load();
        simulator.Check(
            History.DigestAt(database.Checkpoint.State.Position)?.State == StateDigest.Of(loaded),
            () => "the checkpoint is none of the states that the log had:\n" + StateDifference.Of(History.State, loaded));
    }

    /// <summary>At the end: what was refused is not in the log.</summary>
    public void CheckRefused()
    {
        foreach (var write in _refused)
            simulator.Check(
                History.Writes.OfRequest(write.Session, write.Cxid) is null, () => $"write {write} was refused, and is in the log");
    }
}
