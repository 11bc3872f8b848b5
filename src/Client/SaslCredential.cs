namespace Coordination.Client;

/// <summary>A user and a password to log in with by SASL, mechanism DIGEST-MD5, each time the client connects.</summary>
/// <param name="User">The user.</param>
/// <param name="Password">The password, which is not sent.</param>
public sealed record SaslCredential(string User, string Password)
{
    /// <summary>The user without the password.</summary>
    public override string ToString() => User;
}
