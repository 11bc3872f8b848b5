namespace Coordination.Simulation.Tests.Faults;

/// <summary>What goes wrong in a run, and when: made beforehand, so that a failing run can be tried with less.</summary>
internal static class FaultPlan
{
    /// <summary>Makes a seed's plan: some kinds of faults, often or seldom.</summary>
    public static IReadOnlyList<Fault> Of(Random random, SimulationShape shape)
    {
        var faults = new List<Fault>();
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            if (random.Next(2) == 0)
                continue;
            int most = kind == FaultKind.RestoreDatabase ? 2 : random.Next(1, (int)shape.Trouble.TotalSeconds);
            var longest = TimeSpan.FromMilliseconds(random.Next(50, 8_000));
            for (int i = 0; i < most; i++)
                faults.Add(new Fault(Share(random, shape.Trouble), kind, random.Next(16), Share(random, longest)));
        }
        return [.. faults.OrderBy(fault => fault.At)];
    }

    private static TimeSpan Share(Random random, TimeSpan most) => TimeSpan.FromTicks(random.NextInt64(1, most.Ticks));
}
