namespace Coordination.Client.Recipes;

/// <summary>A cache has learned of a change.</summary>
/// <param name="Path">The znode.</param>
/// <param name="Before">What was known of it; null where it was not there.</param>
/// <param name="Now">What is known of it now; null where it is gone.</param>
public readonly record struct CacheChange(string Path, Znode? Before, Znode? Now);
