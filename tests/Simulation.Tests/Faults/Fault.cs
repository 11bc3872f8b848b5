using System.Globalization;

namespace Coordination.Simulation.Tests.Faults;

/// <summary>Something that goes wrong.</summary>
/// <param name="At">When it begins.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">With which silo, or client.</param>
/// <param name="Length">For how long.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Target, TimeSpan Length)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At.TotalMilliseconds:0} ms: {Kind} {Target} for {Length.TotalMilliseconds:0} ms");
}
