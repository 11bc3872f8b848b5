namespace Orleans.Serialization;

/// <summary>
/// A value has a type that may not cross a grain boundary: it lacks <see cref="GenerateSerializerAttribute"/>, or has
/// no member with an <see cref="IdAttribute"/>, or is of a kind that makes no sense elsewhere.
/// </summary>
/// <param name="message">Which type, and why.</param>
public sealed class CodecNotFoundException(string message) : SerializerException(message);
