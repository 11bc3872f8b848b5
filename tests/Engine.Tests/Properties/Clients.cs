using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Servers;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Properties;

/// <summary>What the clients of a random history know, from the answers that they got.</summary>
internal sealed class Clients
{
    private readonly Dictionary<int, (long Id, long AttachZxid, long AttachZxidBefore)> _sessions = [];
    private readonly Dictionary<int, long> _numbers = [];

    public Clients()
    {
    }

    public Clients(Clients from)
    {
        _sessions = new(from._sessions);
        _numbers = new(from._numbers);
    }

    /// <summary>What a step asks for; made anew each time, since validation takes notes in it.</summary>
    public WriteRequest RequestOf(Step step)
    {
        var (id, attachZxid, attachZxidBefore) = _sessions.GetValueOrDefault(step.Session, (step.Session, 0, 0));
        long through = step.IsStale ? attachZxidBefore : attachZxid;
        var caller = step.Session == 0
            ? Caller.Service with { Identities = OperationGenerators.Identities[0] }
            : new Caller(id, through, OperationGenerators.Identities[step.Session]);
        return step.Kind switch
        {
            StepKind.Open => new TestRequest(
                Caller.Service, new OpenSessionOperation(NextId(step, id), Password(step), 10_000, Guid.Empty)),
            StepKind.Attach => new TestRequest(
                Caller.Service, new AttachSessionOperation(id, Password(step), 20_000, OperationGenerators.SiloOf(7 + (int)(attachZxid % 3)))),
            StepKind.AttachWrongly => new TestRequest(
                Caller.Service, new AttachSessionOperation(id, [1, 2, 3], 20_000, Guid.Empty)),
            StepKind.Close => new TestRequest(caller, new CloseSessionOperation(id, null)),
            StepKind.Expire => new TestRequest(Caller.Service, new CloseSessionOperation(id, through)),
            StepKind.Service => new TestRequest(Caller.Service, step.Operation!),
            _ => new TestRequest(caller, step.Operation!) { Once = NumberOf(step) },
        };
    }

    // Numbers go on where a session is opened anew, which is for none of them to tell.
    private OnceNumber NumberOf(Step step)
    {
        if (step.Back is not { } back)
            return default;
        long next = _numbers.GetValueOrDefault(step.Session) + 1;
        _numbers[step.Session] = next;
        long number = Math.Max(1, next - back);
        return new OnceNumber(number, Math.Max(1, number - step.Open));
    }

    public void Learn(Step step, WriteRequest request, Verdict verdict)
    {
        if (verdict.Error != ErrorCode.Ok)
            return;
        if (request.Operation is OpenSessionOperation open)
            _sessions[step.Session] = (open.SessionId, verdict.Zxid, 0);
        else if (request.Operation is AttachSessionOperation attach)
            _sessions[step.Session] = (attach.SessionId, verdict.Zxid, _sessions[step.Session].AttachZxid);
    }

    // Sometimes a session that is open is opened again, which must fail.
    private static long NextId(Step step, long last) => step.IsStale ? last : last + Histories.Sessions;

    private static byte[] Password(Step step) => [(byte)step.Session, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}
