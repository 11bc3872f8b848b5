namespace Orleans.Placement;

/// <summary>
/// Has a grain of this class activated on the silo that first calls it, unless that cannot be. There is but one silo
/// here; it is accepted so that one source serves both runtimes.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PreferLocalPlacementAttribute : Attribute;
