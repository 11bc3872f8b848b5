namespace Coordination.Client;

/// <summary>Where a server listens.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">The port; 0 where the name says all.</param>
internal sealed record ServerAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Port == 0 ? Host : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
