using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Clients;

/// <summary>The numbered writes of a session that its client may send again, in the order of their numbers: those that were
/// not answered, and for a while some that were.</summary>
internal sealed class NumberedWrites(Random random)
{
    private const int MostKept = 40;

    private readonly List<NumberedWrite> _kept = [];
    private long _lastNumber;

    /// <summary>Sends a write under the next number.</summary>
    public Task<Operation> SendAsync(RecordedConnection connection, WriteRequest request)
    {
        while (_kept.Count > 0 && _kept[0].IsAnswered && (_kept.Count > MostKept || random.Next(2) == 0))
            _kept.RemoveAt(0);
        var write = new NumberedWrite(++_lastNumber, request);
        _kept.Add(write);
        return SendAsync(connection, write);
    }

    /// <summary>Sends again, before any other write, what was lost with another connection, and some that was not.</summary>
    public void SendAgain(RecordedConnection connection)
    {
        foreach (var write in _kept)
        {
            if (!write.IsAnswered || (!write.IsRefused && random.Next(3) == 0))
                _ = SendAsync(connection, write);
        }
    }

    /// <summary>Sends one of the last writes once more, answered or not.</summary>
    public void SendOneAgain(RecordedConnection connection)
    {
        if (_kept.Count > 0 && _kept[random.Next(_kept.Count)] is { IsRefused: false } write)
            _ = SendAsync(connection, write);
    }

    private Task<Operation> SendAsync(RecordedConnection connection, NumberedWrite write)
    {
        var sent = connection.SendAsync(write.Request, new WriteNumber(write.Number, _kept[0].Number));
        write.Sendings.Add(sent);
        return sent;
    }
}
