namespace Coordination.Engine.Requests;

/// <summary>Lets entries need a higher format level from here on; the service's own.</summary>
/// <param name="level">The level, above the one in force.</param>
public sealed class RaiseFormatLevelOperation(int level) : WriteOperation
{
    /// <summary>The level, above the one in force.</summary>
    public int Level { get; } = level;
}
