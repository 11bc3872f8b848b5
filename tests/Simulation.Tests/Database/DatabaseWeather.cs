using Coordination.Simulation.Tests.Scheduling;

namespace Coordination.Simulation.Tests.Database;

/// <summary>How the database can be reached, from each silo, and how fast it is.</summary>
internal sealed class DatabaseWeather(Simulator simulator, SimulationShape shape)
{
    private readonly Dictionary<int, TimeSpan> _cutUntil = [];
    private readonly Dictionary<int, TimeSpan> _lossyUntil = [];
    private TimeSpan _downUntil;
    private TimeSpan _slowUntil;

    /// <summary>How often a silo that is cut off hears nothing, rather than that it is.</summary>
    public double SilentShare => 0.3;

    /// <summary>How much of what is lost is carried out later.</summary>
    public double LateShare => 0.3;

    /// <summary>Takes the database away from everybody.</summary>
    public void TakeDown(TimeSpan length) => _downUntil = simulator.Now + length;

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
        _downUntil = _slowUntil = TimeSpan.Zero;
    }

    public bool IsCut(int silo) => _downUntil > simulator.Now || _cutUntil.GetValueOrDefault(silo) > simulator.Now;

    public double LossOf(int silo) => _lossyUntil.GetValueOrDefault(silo) > simulator.Now ? 0.1 : 0;

    /// <summary>One way.</summary>
    public TimeSpan Latency()
    {
        var most = _slowUntil > simulator.Now ? 100 * shape.DatabaseLatency : shape.DatabaseLatency;
        return simulator.Between(most / 10, most);
    }

    /// <summary>How long one waits who will hear nothing.</summary>
    public TimeSpan Silence() => simulator.Between(TimeSpan.FromMilliseconds(1), shape.LongestSilence);
}
