namespace Coordination.Storage;

/// <summary>What a silo enters with.</summary>
/// <param name="Identity">The life of the silo.</param>
/// <param name="ClientAddress">Where its clients reach it.</param>
/// <param name="Role">What it does for the cluster.</param>
/// <param name="FormatLevel">The highest format level of the log that it reads.</param>
public sealed record SiloEntry(Guid Identity, string ClientAddress, SiloRole Role, int FormatLevel);
