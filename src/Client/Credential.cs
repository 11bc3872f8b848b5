using System.Text;

namespace Coordination.Client;

/// <summary>An identity that a client adds to its connection, each time it connects.</summary>
/// <param name="Scheme">The scheme: <c>digest</c>.</param>
/// <param name="Data">What the scheme wants to know; for <c>digest</c>, <c>user:password</c>.</param>
public sealed record Credential(string Scheme, ReadOnlyMemory<byte> Data)
{
    /// <summary>A user and a password under the scheme <c>digest</c>.</summary>
    /// <remarks>No server refuses it: whether the password is right shows at the ACLs. It travels in the clear unless the
    /// connection is under TLS.</remarks>
    public static Credential Digest(string user, string password) =>
        new("digest", Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>The scheme without the secret.</summary>
    public override string ToString() => Scheme;
}
