using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Storage;

namespace Coordination.Grains.Replication;

/// <summary>Applies a row that another writer put into the log, in pieces.</summary>
/// <param name="replica">What it is applied to.</param>
/// <param name="row">The row.</param>
/// <param name="results">Used for each entry.</param>
internal sealed class RowApplication(Replica replica, LogRow row, List<ChangeResult> results)
{
    private BatchReader? _reader;
    private LongApplication? _long;

    /// <summary>Whether an entry is applied in part.</summary>
    public bool IsWithinAnEntry => _long is not null;

    /// <inheritdoc cref="LongApplication.Count"/>
    public void Count() => _long?.Count();

    /// <summary>Applies the next entries, or a part of one; the caller holds the replica's lock for writing.</summary>
    /// <param name="most">How many entries, or changes of one.</param>
    /// <returns>Whether the row is applied.</returns>
    /// <exception cref="LogCorruptException">The row holds what it cannot hold.</exception>
    public bool GoOn(int most)
    {
        try
        {
            bool isApplied = Apply(most);
            if (isApplied)
                ReplicaLoader.CheckEnd(replica.State, row);
            return isApplied;
        }
        catch (Exception e) when (ReplicaLoader.SaysWhatCannotBe(e))
        {
            throw ReplicaLoader.CannotBeApplied(row, e);
        }
    }

    private bool Apply(int most)
    {
        if (_long is not null)
        {
            if (!_long.GoOn(most))
                return false;
            replica.End(_long);
            _long = null;
        }
        var reader = _reader ?? new BatchReader(row.Body);
        try
        {
            for (; most > 0; most--)
            {
                if (!reader.TryRead(out var entry))
                    return true;
                _long = replica.Apply(entry, results);
                if (_long is not null)
                    return false;
            }
            return false;
        }
        finally
        {
            _reader = reader;
        }
    }
}
