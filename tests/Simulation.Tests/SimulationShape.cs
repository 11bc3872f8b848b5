namespace Coordination.Simulation.Tests;

/// <summary>How large a run is, and how fast its parts are: each seed has its own.</summary>
internal sealed record SimulationShape
{
    public int Silos { get; init; } = 3;

    /// <summary>How many of the silos are observers: the last ones.</summary>
    public int Observers { get; init; }

    public int Clients { get; init; } = 5;

    /// <summary>How long there is trouble.</summary>
    public TimeSpan Trouble { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long everything has, then, to come right again.</summary>
    public TimeSpan Peace { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan DatabaseLatency { get; init; } = TimeSpan.FromMilliseconds(2);

    public TimeSpan NetworkLatency { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How long a silo waits at most for a database that says nothing.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LeastTimeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MostTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public TimeSpan CheckpointAge { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of log are kept: little, so that who was away for long finds what it needs gone.</summary>
    public long KeptBytes { get; init; } = 16 * 1024;

    /// <summary>How long a client thinks, on average, between two requests.</summary>
    public TimeSpan Thinking { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>How many requests a client has under way at most.</summary>
    public int MostUnderWay { get; init; } = 6;

    /// <summary>How many of the clients' writes have numbers, under which they are sent again.</summary>
    public double NumberedShare { get; init; } = 0.5;

    /// <summary>How many of the clients' requests are multis that are applied in pieces.</summary>
    public double LongShare { get; init; }

    /// <summary>How many of the clients take reads alone where there is no more.</summary>
    public double ReadOnlyShare { get; init; }

    /// <summary>The shape of a seed's run.</summary>
    public static SimulationShape Of(Random random)
    {
        int silos = random.Next(1, 5);
        return Of(random, silos, random.Next(2) == 0 ? 0 : random.Next(silos));
    }

    private static SimulationShape Of(Random random, int silos, int observers) => new()
    {
        Silos = silos,
        Observers = observers,
        Clients = random.Next(2, 9),
        Trouble = TimeSpan.FromSeconds(random.Next(8, 30)),
        DatabaseLatency = TimeSpan.FromMicroseconds(random.Next(200, 10_000)),
        NetworkLatency = TimeSpan.FromMicroseconds(random.Next(100, 10_000)),
        LongestSilence = TimeSpan.FromMilliseconds(random.Next(50, 5_000)),
        Tick = TimeSpan.FromMilliseconds(random.Next(50, 400)),
        Lease = TimeSpan.FromMilliseconds(random.Next(500, 4_000)),
        CheckpointAge = TimeSpan.FromMilliseconds(random.Next(300, 6_000)),
        KeptBytes = 1L << random.Next(11, 18),
        Thinking = TimeSpan.FromMilliseconds(random.Next(5, 150)),
        MostUnderWay = random.Next(1, 12),
        NumberedShare = random.Next(4) / 3.0,
        LongShare = random.Next(4) == 0 ? 0.005 : 0,
        ReadOnlyShare = random.Next(3) / 2.0,
    };
}
