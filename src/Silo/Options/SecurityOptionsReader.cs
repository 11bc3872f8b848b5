using Coordination.Engine.Security;

namespace Coordination.Silo.Options;

/// <summary>Reads the options that say who clients may be.</summary>
internal static class SecurityOptionsReader
{
    private const int HashBytes = 20;

    // x509 is what a client's certificate proves.
    private static readonly string[] _schemes = [AuthenticationScheme.Digest, AuthenticationScheme.Ip, AuthenticationScheme.Sasl, "x509"];

    /// <summary>Reads the digest of whoever may do anything.</summary>
    /// <exception cref="OptionException">It is no digest.</exception>
    public static string? SuperDigest(IConfiguration configuration)
    {
        if (configuration["super-digest"] is not { Length: > 0 } text)
            return null;
        int colon = text.IndexOf(':');
        Span<byte> hash = stackalloc byte[HashBytes + 1];
        if (colon < 1 || !Convert.TryFromBase64String(text[(colon + 1)..], hash, out int length) || length != HashBytes)
        {
            throw new OptionException(
                "--super-digest must be super:HASH, where HASH is the SHA-1 of super:PASSWORD in base64");
        }
        return text;
    }

    /// <summary>Reads by which schemes a client must authenticate; empty where it need not.</summary>
    /// <exception cref="OptionException">A scheme is not known, or none is named.</exception>
    public static IReadOnlySet<string> EnforcedSchemes(IConfiguration configuration)
    {
        bool isEnforced = SiloOptionsReader.Flag(configuration, "enforce-auth-enabled", otherwise: false);
        var schemes = SiloOptionsReader.List(configuration, "enforce-auth-schemes", "");
        if (schemes.FirstOrDefault(static scheme => !_schemes.Contains(scheme)) is { } unknown)
            throw new OptionException($"--enforce-auth-schemes has {unknown}, but can have {string.Join(", ", _schemes)}");
        if (isEnforced && schemes.Count == 0)
            throw new OptionException("--enforce-auth-enabled is true, but --enforce-auth-schemes names none");
        if (!isEnforced)
            schemes.Clear();
        if (SiloOptionsReader.Flag(configuration, "session-require-client-sasl-auth", otherwise: false))
            schemes.Add(AuthenticationScheme.Sasl);
        return schemes;
    }

    /// <summary>Reads who may log in by SASL.</summary>
    /// <exception cref="OptionException">The file cannot be read, or makes no sense.</exception>
    public static IReadOnlyDictionary<string, string> SaslPasswords(IConfiguration configuration)
    {
        if (configuration["sasl-users-file"] is not { Length: > 0 } path)
            return new Dictionary<string, string>();
        try
        {
            return SaslUsersFile.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new OptionException($"--sasl-users-file is {path}, which cannot be used: {e.Message}");
        }
    }

    /// <summary>Checks that what is asked for can be had.</summary>
    /// <exception cref="OptionException">It cannot.</exception>
    public static void Check(SiloOptions options)
    {
        if (options.SaslPasswords.Count > 0)
            return;
        if (options.EnforcedAuthSchemes.SetEquals([AuthenticationScheme.Sasl]))
            throw new OptionException("clients must log in by SASL, but there is no --sasl-users-file");
        if (options.SuperUsers.Count > 0)
            throw new OptionException("--super-user names users of SASL, but there is no --sasl-users-file");
    }
}
