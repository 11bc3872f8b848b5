using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Database;

/// <summary>How the database can be reached, from each silo, and how fast it is.</summary>
internal sealed class DatabaseWeather(Simulator simulator, SimulationShape shape)
{
    private static readonly TimeSpan _leastNoticing = TimeSpan.FromMilliseconds(1300);

    private readonly Dictionary<int, TimeSpan> _cutUntil = [];
    private readonly Dictionary<int, TimeSpan> _lossyUntil = [];
    private readonly List<(TimeSpan Start, TimeSpan End)> _outages = [];
    private TimeSpan _downUntil;
    private TimeSpan _slowUntil;

    /// <summary>How often a silo that is cut off hears nothing, rather than that it is.</summary>
    public double SilentShare => 0.3;

    /// <summary>How much of what is lost is carried out later.</summary>
    public double LateShare => 0.3;

    /// <summary>Takes the database away from everybody.</summary>
    public void TakeDown(TimeSpan length)
    {
        var end = simulator.Now + length;
        if (_downUntil > simulator.Now)
            _outages[^1] = (_outages[^1].Start, end > _downUntil ? end : _downUntil);
        else
            _outages.Add((simulator.Now, end));
        _downUntil = _outages[^1].End;
    }

    /// <summary>Whether a session may be taken for silent now: not while nobody could have attached it anywhere, nor
    /// before it has had its timeout since.</summary>
    /// <param name="timeout">The session's timeout.</param>
    public bool AllowsSilence(TimeSpan timeout)
    {
        // A silo needs a while to know that the database is away.
        var noticing = _leastNoticing + 2 * shape.Tick;
        return _outages.TrueForAll(outage => simulator.Now <= outage.Start + noticing
            || outage.End <= outage.Start + noticing || simulator.Now >= outage.End + timeout);
    }

    /// <summary>Takes the database away from a silo.</summary>
    public void Cut(int silo, TimeSpan length) => _cutUntil[silo] = simulator.Now + length;

    /// <summary>Has some of a silo's calls lost.</summary>
    public void Disturb(int silo, TimeSpan length) => _lossyUntil[silo] = simulator.Now + length;

    /// <summary>Makes the database slow.</summary>
    public void Slow(TimeSpan length) => _slowUntil = simulator.Now + length;

    /// <summary>Ends all trouble.</summary>
    public void Clear()
    {
        _cutUntil.Clear();
        _lossyUntil.Clear();
        if (_downUntil > simulator.Now)
            _outages[^1] = (_outages[^1].Start, simulator.Now);
        _downUntil = _slowUntil = TimeSpan.Zero;
    }

    public bool IsCut(int silo) => _downUntil > simulator.Now || _cutUntil.GetValueOrDefault(silo) > simulator.Now;

    public double LossOf(int silo) => _lossyUntil.GetValueOrDefault(silo) > simulator.Now ? 0.1 : 0;

    /// <summary>Longer than any call takes.</summary>
    public TimeSpan LongestCall => shape.LongestSilence + TimeSpan.FromSeconds(10);

    /// <summary>One way.</summary>
    public TimeSpan Latency()
    {
        var most = _slowUntil > simulator.Now ? 100 * shape.DatabaseLatency : shape.DatabaseLatency;
        return simulator.Between(most / 10, most);
    }

    /// <summary>How long one waits who will hear nothing.</summary>
    public TimeSpan Silence() => simulator.Between(TimeSpan.FromMilliseconds(1), shape.LongestSilence);
}
