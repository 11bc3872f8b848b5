namespace Coordination.Testing.Skipping;

/// <summary>Whether tests may be skipped whose programs are missing.</summary>
internal static class RequiredPrograms
{
    /// <summary>Whether none may, which COORDINATION_REQUIRE_TOOLS says by any value.</summary>
    internal static bool AreRequired { get; } =
        Environment.GetEnvironmentVariable("COORDINATION_REQUIRE_TOOLS") is { Length: > 0 };
}
