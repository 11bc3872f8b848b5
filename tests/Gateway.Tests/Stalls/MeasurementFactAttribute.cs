namespace Coordination.Gateway.Tests.Stalls;

/// <summary>A measurement, which is made only where one asks for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeasurementFactAttribute : FactAttribute
{
    public MeasurementFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(StallMeasurement.RoundsVariable) is null)
            Skip = $"measures, and {StallMeasurement.RoundsVariable} does not ask for it";
    }
}
