using System.Diagnostics;
using Coordination.History.Tests.Logs;

namespace Coordination.History.Tests.Recording;

/// <summary>All that the clients of a run recorded, and the log that the run left behind.</summary>
internal sealed class RunHistory
{
    private static readonly TimeSpan s_mostBetween = TimeSpan.FromMilliseconds(1);

    private readonly long _started;
    private readonly DateTimeOffset _startedAt;
    private readonly List<SessionHistory> _sessions = [];
    private readonly List<string> _violations = [];

    /// <summary>Begins now.</summary>
    public RunHistory()
    {
        // Both clocks at one moment, whatever else the machine has to do.
        do
        {
            _started = Stopwatch.GetTimestamp();
            _startedAt = DateTimeOffset.UtcNow;
        }
        while (Stopwatch.GetElapsedTime(_started) > s_mostBetween);
    }

    /// <summary>A part of another: some of what its clients recorded, with the log that is to explain that.</summary>
    public RunHistory(RunHistory whole, IEnumerable<SessionHistory> sessions, CommittedLog log)
    {
        (_started, _startedAt) = (whole._started, whole._startedAt);
        _sessions.AddRange(sessions);
        Log = log;
        MostStaleness = whole.MostStaleness;
    }

    public IReadOnlyList<SessionHistory> Sessions => _sessions;

    /// <summary>Where a server broke the protocol itself.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>The log, once the run is over.</summary>
    public CommittedLog Log { get; set; } = new([]);

    /// <summary>What another log had that this one has not; null where nothing was lost.</summary>
    public Loss? Loss { get; set; }

    /// <summary>How far behind what others were told an answer may be.</summary>
    public TimeSpan MostStaleness { get; init; } = TimeSpan.MaxValue;

    /// <summary>Now, in milliseconds of the run.</summary>
    public double Now => Stopwatch.GetElapsedTime(_started).TotalMilliseconds;

    public IEnumerable<Operation> Operations => _sessions.SelectMany(session => session.Operations);

    /// <summary>When a time of the log was, in milliseconds of the run: silos and clients share this machine's clock.</summary>
    public double OfUnixTime(long milliseconds) => milliseconds - _startedAt.ToUnixTimeMilliseconds();

    /// <summary>The time of the log at a time of the run.</summary>
    public long ToUnixTime(double milliseconds) => (long)milliseconds + _startedAt.ToUnixTimeMilliseconds();

    public void Add(SessionHistory session)
    {
        lock (_sessions)
            _sessions.Add(session);
    }

    public void AddViolation(string violation)
    {
        lock (_violations)
            _violations.Add(violation);
    }
}
