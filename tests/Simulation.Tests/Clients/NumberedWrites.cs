using Coordination.Engine.Log;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Clients;

/// <summary>The numbered writes of a session that its client may send again, in the order of their numbers: those that were
/// not answered, and for a while some that were.</summary>
internal sealed class NumberedWrites(Random random)
{
    private const int MostKept = 30;

    private readonly List<NumberedWrite> _kept = [];
    private long _lastNumber;

    /// <summary>Gives a write the next number.</summary>
    public ClientRequest Number(ClientRequest request)
    {
        // What failed for good, as far as the client cares, is not asked for any more.
        while (_kept.Count > MostKept || (_kept.Count > 0 && _kept[0] is { IsDone: true } or { IsOver: true } && random.Next(2) == 0))
            _kept.RemoveAt(0);
        _kept.Add(new NumberedWrite(++_lastNumber, request));
        return request with { Once = new OnceNumber(_lastNumber, _kept[0].Number) };
    }

    /// <summary>What is sent again over a new connection, before any other write: what was not answered, and some of what
    /// was done.</summary>
    public IEnumerable<ClientRequest> ToSendAgain() =>
        [.. _kept.Where(write => !write.IsOver && (!write.IsDone || random.Next(3) == 0)).Select(Again)];

    /// <summary>One that is sent again without need; null for none.</summary>
    public ClientRequest? OneToSendAgain() =>
        _kept.Count > 0 && _kept[random.Next(_kept.Count)] is { IsOver: false } write ? Again(write) : null;

    /// <summary>Takes note of an answer.</summary>
    public void Answered(ClientRequest request, ErrorCode error)
    {
        if (_kept.Find(write => write.Number == request.Once.Number) is not { } answered)
            return;
        if (error == ErrorCode.Ok)
            answered.IsDone = true;
        else if (Refusals.AreOfTheWrite(error) || random.Next(2) == 0)
            answered.IsOver = true;
    }

    private ClientRequest Again(NumberedWrite write) =>
        write.Request with { Once = new OnceNumber(write.Number, _kept[0].Number), IsAgain = true };
}
