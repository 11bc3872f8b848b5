using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Validation;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Servers;

/// <summary>The engine with a log in memory: what a silo does to a request, less everything that waits.</summary>
internal sealed class EngineServer : IServer
{
    private static readonly Guid s_silo = new("00000000-0000-0000-0000-000000000001");

    private readonly CheckpointRows _base;
    private readonly List<byte[]> _log = [];
    private readonly BatchWriter _batch = new();
    private readonly Queue<PendingWrite> _inFlight = new();
    private readonly List<ChangeResult> _results = [];
    private WriteValidator _validator;
    private int _writers = 1;
    private long _nextSession = 1;

    public EngineServer(CheckpointRows start)
    {
        _base = start;
        State = start.Load();
        _validator = new WriteValidator(State, s_silo);
    }

    public CoordinationState State { get; }

    public long Time { get; set; } = 1000;

    public bool HasRoomToGrow
    {
        set => _validator.HasRoomToGrow = value;
    }

    public bool TakesTimeToLive
    {
        set => _validator.TakesTimeToLive = value;
    }

    public IConnection Open()
    {
        long id = _nextSession++;
        var reply = Carry(Caller.Service, new OpenSessionOperation(id, PasswordOf(id), 10_000, s_silo));
        return new EngineConnection(this, new Caller(id, reply.Zxid, EngineConnection.FirstIdentities));
    }

    public IConnection? Attach(IConnection last, bool hasPassword)
    {
        long id = last.SessionId;
        byte[] password = hasPassword ? PasswordOf(id) : new byte[16];
        var reply = Carry(Caller.Service, new AttachSessionOperation(id, password, 10_000, s_silo));
        return reply.Error == ErrorCode.Ok
            ? new EngineConnection(this, new Caller(id, reply.Zxid, EngineConnection.FirstIdentities))
            : null;
    }

    /// <summary>Closes a session as the service does that saw a connection silent for too long.</summary>
    public Reply Expire(IConnection seen) => Carry(
        Caller.Service, new CloseSessionOperation(seen.SessionId, ((EngineConnection)seen).Caller.AttachZxid));

    public Reply Carry(Caller caller, WriteOperation operation, OnceNumber once = default)
    {
        Validate(caller, operation, once);
        return ApplyNext();
    }

    /// <summary>Validates a write against everything before it, applied or not.</summary>
    public void Validate(Caller caller, WriteOperation operation, OnceNumber once = default)
    {
        _batch.Clear();
        var request = new TestRequest(caller, operation) { Once = once };
        var verdict = _validator.Validate(request, Time, _batch);
        Assert.Equal(_validator.LastZxid, verdict.Zxid);
        _inFlight.Enqueue(new PendingWrite(request, verdict, _batch.Count > 0 ? _batch.Body.ToArray() : null));
    }

    /// <summary>Applies the oldest write in flight.</summary>
    public Reply ApplyNext()
    {
        var write = _inFlight.Dequeue();
        _results.Clear();
        if (write.Body is not null)
        {
            Append(write.Body);
            _validator.Applied(State.LastZxid);
        }
        return write.Verdict.IsRepeat ? FirstReplyOf(write.Request) : ReplyOf(write.Request.Operation, write.Verdict);
    }

    /// <summary>Loses everything in flight, as when another writer's row stands where ours should have.</summary>
    public void LoseInFlight()
    {
        _inFlight.Clear();
        _validator.Restart();
    }

    /// <summary>Lets another silo become the writer.</summary>
    public void TakeOver() =>
        _validator = new WriteValidator(State, new Guid(++_writers, 0, 0, new byte[8]));

    /// <summary>Removes unused containers and expired znodes, a piece at a time.</summary>
    public void Sweep()
    {
        var unused = new List<byte[]>();
        int left = int.MaxValue;
        do
        {
            unused.Clear();
            left = State.Vanishing.FindUnused(left, 2, Time, mostNeverUsed: 0, unused);
            foreach (byte[] path in unused)
                Carry(Caller.Service, new RemoveUnusedOperation(path));
        }
        while (left > 0);
    }

    /// <summary>Moves the log on to a zxid, as very many entries would.</summary>
    public void SkipTo(long zxid)
    {
        _batch.Clear();
        _batch.BeginEntry(new EntryHeader(zxid, Time, 0, 0));
        _batch.WriteCounter("skipped", 1);
        _batch.EndEntry(zxid);
        Append(_batch.Body.ToArray());
        _validator.Restart();
    }

    /// <summary>Checks the state against itself and against what the log folds to.</summary>
    public void Check()
    {
        TreeInvariants.Check(State);
        FoldCheck.Check(_base, _log, State);
    }

    public void Dispose() => _batch.Dispose();

    private void Append(byte[] body)
    {
        _log.Add(body);
        var reader = new BatchReader(body);
        while (reader.TryRead(out var entry))
            State.Apply(entry, _results);
    }

    private Reply FirstReplyOf(WriteRequest request)
    {
        var error = State.FindAnswer(request.Caller.SessionId, request.Once.Number, request.Operation, _results);
        return error == ErrorCode.Ok
            ? ReplyOf(request.Operation, new Verdict(error, 0, State.LastZxid, HasEntry: true))
            : new Reply(error, State.LastZxid);
    }

    private Reply ReplyOf(WriteOperation operation, in Verdict verdict)
    {
        var error = verdict.Error;
        if (operation is MultiOperation multi
            && error is not (ErrorCode.SessionExpired or ErrorCode.SessionMoved or ErrorCode.LimitExceeded))
            return new Reply(ErrorCode.Ok, verdict.Zxid) { Results = ResultsOf(multi, verdict) };
        if (error != ErrorCode.Ok)
            return new Reply(error, verdict.Zxid);
        if (operation is TakeNumbersOperation)
            return new Reply(error, verdict.Zxid) { FirstNumber = verdict.FirstNumber };
        return _results.Count == 0 ? new Reply(error, verdict.Zxid) : ReplyOf(operation, _results[0], verdict.Zxid);
    }

    private Reply[] ResultsOf(MultiOperation multi, Verdict verdict)
    {
        var replies = new List<Reply>();
        int change = 0;
        for (int i = 0; i < multi.Operations.Length; i++)
        {
            if (verdict.Error != ErrorCode.Ok)
            {
                var error = i < verdict.FailedOperation ? ErrorCode.Ok
                    : i == verdict.FailedOperation ? verdict.Error
                    : ErrorCode.RuntimeInconsistency;
                replies.Add(new Reply(error, verdict.Zxid));
            }
            else
            {
                replies.Add(multi.Operations[i] is CheckOperation
                    ? new Reply(ErrorCode.Ok, verdict.Zxid)
                    : ReplyOf(multi.Operations[i], _results[change++], verdict.Zxid));
            }
        }
        return [.. replies];
    }

    private static Reply ReplyOf(WriteOperation operation, in ChangeResult result, long zxid)
    {
        string path = System.Text.Encoding.UTF8.GetString(result.Path.Span);
        return operation switch
        {
            CreateOperation { ReturnsStat: true } => new Reply(ErrorCode.Ok, zxid) { Path = path, Stat = result.Stat },
            CreateOperation => new Reply(ErrorCode.Ok, zxid) { Path = path },
            SetDataOperation or SetAclOperation => new Reply(ErrorCode.Ok, zxid) { Stat = result.Stat },
            _ => new Reply(ErrorCode.Ok, zxid),
        };
    }

    private static byte[] PasswordOf(long session) => [(byte)session, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly record struct PendingWrite(WriteRequest Request, Verdict Verdict, byte[]? Body);
}
