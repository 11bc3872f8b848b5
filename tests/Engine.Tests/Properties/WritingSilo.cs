using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Validation;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.Properties;

/// <summary>A silo that carries out a history and keeps what it answered.</summary>
/// <param name="groups">Whether what is in flight waits for a step that commits it, or each step is committed at once.</param>
/// <param name="restarts">Whether a validator goes on after a loss, or a new one takes its place.</param>
internal sealed class WritingSilo(bool groups, bool restarts) : IDisposable
{
    private static readonly Guid s_self = OperationGenerators.SiloOf(1), s_other = OperationGenerators.SiloOf(2);

    private readonly BatchWriter _batch = new();
    private readonly List<Step> _inFlight = [];
    private WriteValidator? _validator;
    private Clients _clients = new(), _clientsAtCommit = new();
    private long _time = 1;

    public CoordinationState State { get; } = CheckpointRows.Genesis().Load();

    public List<byte[]> Log { get; } = [];

    public List<string> Verdicts { get; } = [];

    private WriteValidator Validator => _validator ??= new WriteValidator(State, s_self);

    public void Carry(IEnumerable<Step> history)
    {
        for (int session = 1; session < Histories.Sessions; session++)
            Carry(new Step(StepKind.Open, session));
        foreach (string path in new[] { "/a", "/b" })
        {
            var create = new CreateOperation(Encoding.UTF8.GetBytes(path), [], [Acl.Open], 0, returnsStat: false);
            Carry(new Step(StepKind.Write, 1, Operation: create));
        }
        Commit();
        foreach (var step in history)
            Carry(step);
        Commit();
    }

    public void Dispose() => _batch.Dispose();

    private void Carry(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Tick:
                _time++;
                break;
            case StepKind.Commit:
                Commit();
                break;
            case StepKind.Lose:
                Lose();
                break;
            default:
                _inFlight.Add(step);
                Validate(Validator, step);
                if (!groups)
                    Commit();
                break;
        }
    }

    private void Validate(WriteValidator validator, Step step)
    {
        var request = _clients.RequestOf(step);
        var verdict = validator.Validate(request, _time, _batch);
        _clients.Learn(step, request, verdict);
        Verdicts.Add($"{verdict} {step}");
    }

    private void Commit()
    {
        Apply();
        Validator.Applied(State.LastZxid);
        InFlightCheck.CheckNothingIsLeft(Validator);
        _inFlight.Clear();
        _clientsAtCommit = new Clients(_clients);
    }

    private void Lose()
    {
        if (_inFlight.Count == 0)
            return;
        Verdicts.RemoveRange(Verdicts.Count - _inFlight.Count, _inFlight.Count);
        _batch.Clear();
        _clients = new Clients(_clientsAtCommit);
        var other = new WriteValidator(State, s_other);
        foreach (var step in _inFlight)
            Validate(other, step);
        Apply();
        if (!restarts)
            _validator = new WriteValidator(State, s_self) { HasBegunEpoch = Validator.HasBegunEpoch };
        Validator.Restart();
        _inFlight.Clear();
        _clientsAtCommit = new Clients(_clients);
    }

    private void Apply()
    {
        if (_batch.Count > 0)
        {
            byte[] body = _batch.Body.ToArray();
            Log.Add(body);
            FoldCheck.ApplyAll(State, [body]);
        }
        _batch.Clear();
    }
}
