namespace Coordination.Client.Requests;

/// <summary>The result of what has none.</summary>
internal readonly struct Nothing;
