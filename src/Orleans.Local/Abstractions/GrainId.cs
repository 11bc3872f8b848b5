namespace Orleans.Runtime;

/// <summary>The identity of a grain: its type and its key.</summary>
public readonly struct GrainId : IEquatable<GrainId>
{
    internal GrainId(string type, string key)
    {
        Type = type;
        Key = key;
    }

    internal string Type { get; }

    /// <summary>
    /// Gets the key as text: an integer as hexadecimal digits, a Guid as 32 of them, a string as it is.
    /// </summary>
    internal string Key { get; }

    /// <summary>Gets whether this is no identity at all.</summary>
    public bool IsDefault => Key is null;

    /// <inheritdoc/>
    public bool Equals(GrainId other) => Key == other.Key && Type == other.Type;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GrainId other && Equals(other);

    /// <inheritdoc/>
    // The type is left out: keys hardly ever collide across types, and hashing is on the path of every call.
    public override int GetHashCode() => Key?.GetHashCode() ?? 0;

    /// <summary>Gets the type and the key with a slash between them.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Type}/{Key}";

    /// <summary>Compares two identities.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are of the same grain.</returns>
    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    /// <summary>Compares two identities.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Whether they are of different grains.</returns>
    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);
}
