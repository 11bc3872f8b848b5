namespace Coordination.Simulation.Tests.Checking;

/// <summary>How much of what is checked has happened: a run that sees nothing proves nothing.</summary>
internal sealed class SeenCounts
{
    public long Rows { get; set; }

    public long Writes { get; set; }

    public long Refusals { get; set; }

    /// <summary>The answers to writes that were not sent for the first time.</summary>
    public long SentAgain { get; set; }

    /// <summary>The answers to writes that were done when they were sent before.</summary>
    public long Repeats { get; set; }

    public long Reads { get; set; }

    /// <summary>The sessions that were served reads alone, each time.</summary>
    public long ReadOnlySessions { get; set; }

    /// <summary>The reads by them.</summary>
    public long ReadOnlyReads { get; set; }

    /// <summary>The entries that are applied in pieces.</summary>
    public long LongEntries { get; set; }

    /// <summary>The reads that waited for the last piece of one.</summary>
    public long Unsettled { get; set; }

    public long Answers { get; set; }

    public long Events { get; set; }

    public long Loads { get; set; }

    public long Checkpoints { get; set; }

    public long Closings { get; set; }

    public long Expiries { get; set; }

    public long Reconnects { get; set; }

    public long Restores { get; set; }

    /// <summary>Adds what another run has seen.</summary>
    public void Add(SeenCounts other)
    {
        Rows += other.Rows;
        Writes += other.Writes;
        Refusals += other.Refusals;
        SentAgain += other.SentAgain;
        Repeats += other.Repeats;
        Reads += other.Reads;
        ReadOnlySessions += other.ReadOnlySessions;
        ReadOnlyReads += other.ReadOnlyReads;
        LongEntries += other.LongEntries;
        Unsettled += other.Unsettled;
        Answers += other.Answers;
        Events += other.Events;
        Loads += other.Loads;
        Checkpoints += other.Checkpoints;
        Closings += other.Closings;
        Expiries += other.Expiries;
        Reconnects += other.Reconnects;
        Restores += other.Restores;
    }

    public override string ToString() =>
        $"{Rows} rows, {Writes} writes, {Refusals} refusals, {SentAgain} sent again, {Repeats} done before, "
        + $"{Reads} reads, {ReadOnlyReads} more in {ReadOnlySessions} sessions that were read-only, {LongEntries} long entries, {Unsettled} reads that waited for one, {Events} events, {Loads} loads, "
        + $"{Checkpoints} checkpoints, {Reconnects} reconnects, {Closings} sessions closed, {Expiries} clients told so, "
        + $"{Restores} restores";
}
