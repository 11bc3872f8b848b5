using System.Security.Cryptography;
using System.Text;
using Coordination.Protocol;

namespace Coordination.Engine.Security;

/// <summary>Makes the identity that a digest's name and password prove.</summary>
public static class DigestIdentity
{
    /// <summary>The identity for what a client sends in an auth packet: <c>name:password</c> in UTF-8.</summary>
    /// <remarks>As in ZooKeeper the id's name ends at the first colon, and a packet without one is a name alone.</remarks>
    public static Identity FromCredentials(ReadOnlySpan<byte> credentials)
    {
        string text = Encoding.UTF8.GetString(credentials);
        string name = text.Split(':', 2)[0];
#pragma warning disable CA5350 // the scheme's own hash, which every client computes for itself
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
        return new Identity(AuthenticationScheme.Digest, $"{name}:{Convert.ToBase64String(hash)}");
    }
}
