using Coordination.Engine.Checkpoint;
using Coordination.Engine.Log;
using Coordination.Engine.Tests.Checks;
using Coordination.Simulation.Tests.Scheduling;
using Coordination.Storage;

namespace Coordination.Simulation.Tests.Database;

/// <summary>What is in the database that the silos share: each method is one statement, or one transaction.</summary>
internal sealed class SimulatedDatabase(Simulator simulator)
{
    private const int MostTrimmed = 4;
    private const int MostNumber = 254;

    private static readonly TimeSpan _longestIdleInTurn = TimeSpan.FromMilliseconds(100);

    private readonly List<LogRow> _rows = [];
    private readonly SortedDictionary<int, SiloRecord> _silos = [];
    private long _lastOrder;
    private object? _inTurn;
    private TimeSpan _turnTaken;

    /// <summary>Names the log.</summary>
    public Guid Incarnation { get; } = new(1, 0, 0, new byte[8]);

    /// <summary>The log's tail.</summary>
    public LogTail Tail => _rows.Count == 0 ? default : _rows[^1].AsTail();

    /// <summary>The last row that was trimmed off.</summary>
    public LogTail Forgotten { get; private set; }

    public TimeSpan Now => simulator.Now;

    /// <summary>The checkpoint.</summary>
    public CheckpointRows Checkpoint { get; private set; } = CheckpointRows.Genesis(LogFormat.FirstLevel);

    /// <summary>The silos that are entered.</summary>
    public IReadOnlyCollection<SiloRecord> Silos => _silos.Values;

    /// <summary>A row stands, from now on.</summary>
    public event Action<LogRow>? Appended;

    /// <summary>The row at a position, whether it was trimmed off or not.</summary>
    public LogRow? RowAt(long position) => position >= 1 && position <= _rows.Count ? _rows[(int)position - 1] : null;

    /// <summary>Inserts a row behind its predecessor.</summary>
    public bool TryInsert(in LogRow row, in LogTail expected)
    {
        if (Tail != expected || row.Position != expected.Position + 1)
            return false;
        Insert(row);
        return true;
    }

    /// <summary>Keeps a copy of everything.</summary>
    public DatabaseBackup Keep() => new([.. _rows], Forgotten, Checkpoint.Copy(), [.. _silos.Values]);

    /// <summary>Puts everything back as it was kept.</summary>
    public void Restore(DatabaseBackup backup)
    {
        _rows.Clear();
        _rows.AddRange(backup.Rows);
        Forgotten = backup.Forgotten;
        Checkpoint = backup.Checkpoint.Copy();
        _silos.Clear();
        foreach (var silo in backup.Silos)
            _silos.Add(silo.Number, silo);
        _inTurn = null;
    }

    /// <summary>Whether it is somebody else's turn to append.</summary>
    public bool IsTurnOfAnother(object self) =>
        _inTurn is not null && _inTurn != self && simulator.Now - _turnTaken < _longestIdleInTurn;

    /// <summary>Takes the turn to append, unless another has it.</summary>
    public bool TryTakeTurn(object self)
    {
        if (IsTurnOfAnother(self))
            return false;
        (_inTurn, _turnTaken) = (self, simulator.Now);
        return true;
    }

    /// <summary>Ends the turn of one who has it.</summary>
    public void EndTurn(object self)
    {
        if (_inTurn == self)
            _inTurn = null;
    }

    /// <summary>Reads what stands at a position that is kept.</summary>
    public LogTail? ReadAt(long position) => position > Forgotten.Position ? RowAt(position)?.AsTail() : null;

    /// <summary>Reads the next rows that are kept.</summary>
    public List<LogRow> ReadAfter(long position, long through, int most) =>
        [.. _rows.Where(row => row.Position > Math.Max(position, Forgotten.Position) && row.Position <= through).Take(most)];

    /// <summary>Finds the first row from which on all take a number of bytes at the most.</summary>
    public long FindFirstOfLast(long bytes)
    {
        long first = Math.Max(1, Tail.Position);
        for (long position = first; position > Forgotten.Position && position > 0; position--)
        {
            bytes -= RowAt(position)?.Body.Length ?? 0;
            if (bytes < 0)
                break;
            first = position;
        }
        return first;
    }

    /// <summary>Trims some rows off that are in the checkpoint.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Trim(long firstKept)
    {
        firstKept = Math.Min(firstKept, Math.Min(Tail.Position, Checkpoint.State.Position + 1));
        long last = Math.Min(firstKept - 1, Forgotten.Position + MostTrimmed);
        if (last > Forgotten.Position)
            Forgotten = RowAt(last)!.Value.AsTail();
        return Forgotten.Position + 1 < firstKept;
    }

    /// <summary>Carries a delta out, where the checkpoint is at its base, and the log has what it ends with, and what its answers
    /// are of.</summary>
    public bool Advance(CheckpointDelta delta)
    {
        var target = new AppliedRow(delta.Target.Position, delta.Target.Checksum);
        if (Checkpoint.State != delta.Base || !Has(target) || !Has(delta.Applied ?? target))
            return false;
        Checkpoint.CarryOut(delta);
        return true;
    }

    private bool Has(AppliedRow row) => RowAt(row.Position)?.Checksum == row.Checksum;

    /// <summary>Enters a silo.</summary>
    /// <returns>Its number.</returns>
    public int Enter(SiloEntry entry)
    {
        int number = Enumerable.Range(1, MostNumber).First(free => !_silos.ContainsKey(free));
        _silos.Add(number, new SiloRecord(entry, number, ++_lastOrder, 0));
        return number;
    }

    /// <summary>Counts a heartbeat on.</summary>
    public bool Beat(Guid identity)
    {
        foreach (var silo in _silos.Values)
        {
            if (silo.Identity != identity)
                continue;
            _silos[silo.Number] = silo with { Heartbeat = silo.Heartbeat + 1 };
            return true;
        }
        return false;
    }

    /// <summary>Takes a silo off.</summary>
    public void Leave(Guid identity)
    {
        foreach (int number in _silos.Values.Where(silo => silo.Identity == identity).Select(silo => silo.Number).ToArray())
            _silos.Remove(number);
    }

    /// <summary>Takes a silo off, unless its heartbeat has moved.</summary>
    public bool Remove(SiloRecord silo) =>
        _silos.TryGetValue(silo.Number, out var entered) && entered.Identity == silo.Identity
        && entered.Heartbeat == silo.Heartbeat && _silos.Remove(silo.Number);

    private void Insert(in LogRow row)
    {
        var kept = row with { Body = row.Body.ToArray() };
        _rows.Add(kept);
        Appended?.Invoke(kept);
    }
}
