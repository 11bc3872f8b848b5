using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Sessions;
using Coordination.Engine.Validation;

namespace Coordination.Grains.Tests.Sessions;

/// <summary>A state that writes are applied to at once, without a log, and whose sessions somebody hears of.</summary>
internal sealed class SessionState
{
    private readonly WriteValidator _validator;
    private readonly List<ChangeResult> _results = [];

    public SessionState(IApplyListener listener)
    {
        State = CoordinationState.Genesis(listener);
        _validator = new WriteValidator(State, Guid.NewGuid());
    }

    public CoordinationState State { get; }

    public Session Open(long id, int timeoutMilliseconds, Guid silo)
    {
        Apply(new OpenSessionOperation(id, new byte[16], timeoutMilliseconds, silo));
        return State.Sessions[id];
    }

    public Session Attach(long id, int timeoutMilliseconds, Guid silo)
    {
        Apply(new AttachSessionOperation(id, new byte[16], timeoutMilliseconds, silo));
        return State.Sessions[id];
    }

    public void Close(long id) => Apply(new CloseSessionOperation(id, null));

    private void Apply(WriteOperation operation)
    {
        using var batch = new BatchWriter();
        Assert.True(_validator.Validate(new Request(operation), 0, batch).HasEntry);
        var reader = new BatchReader(batch.Body);
        while (reader.TryRead(out var entry))
            State.Apply(entry, _results);
        _validator.Applied(State.LastZxid);
    }

    private sealed class Request(WriteOperation operation) : WriteRequest(Caller.Service, operation, 0)
    {
        public override void Complete(in WriteOutcome outcome)
        {
        }
    }
}
