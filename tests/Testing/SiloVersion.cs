namespace Coordination.Testing;

/// <summary>Which silo a <see cref="SiloProcess"/> is: this one, or one of an older version.</summary>
/// <remarks>COORDINATION_OLDER_SILO names the assembly of a silo that was built from an older version. Without it one of
/// this version stands in, which keeps the log at the first format level and starts on no higher one.</remarks>
/// <param name="Assembly">What is run; null for the silo that was built with the tests.</param>
/// <param name="Arguments">Added to the command line.</param>
public sealed record SiloVersion(string? Assembly, IReadOnlyList<string> Arguments)
{
    private const string OlderVariable = "COORDINATION_OLDER_SILO";

    /// <summary>The silo that was built with the tests.</summary>
    public static SiloVersion Current { get; } = new(null, []);

    /// <summary>One that does not read what needs more than the first format level.</summary>
    public static SiloVersion Older { get; } = Environment.GetEnvironmentVariable(OlderVariable) is { Length: > 0 } assembly
        ? new SiloVersion(assembly, [])
        : new SiloVersion(null, ["--format-level", "1"]);
}
