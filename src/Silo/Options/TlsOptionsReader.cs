using Coordination.Gateway.Tls;

namespace Coordination.Silo.Options;

/// <summary>Reads the options of the secure client port.</summary>
internal static class TlsOptionsReader
{
    /// <summary>Reads the options; null where there is no secure client port.</summary>
    /// <exception cref="OptionException">A value is not one that the option can have, or one is missing.</exception>
    public static TlsOptions? Read(IConfiguration configuration)
    {
        if (SiloOptionsReader.Number(configuration, "secure-client-port", 0, 0, 65_535) == 0)
            return null;
        var options = new TlsOptions
        {
            Certificate = Text(configuration, "tls-certificate"),
            Key = Text(configuration, "tls-key"),
            KeyStore = Text(configuration, "tls-key-store"),
            PasswordFile = Text(configuration, "tls-password-file"),
            Trust = Text(configuration, "tls-trust"),
            SuperUser = Text(configuration, "x509-super-user"),
            ClientAuthentication = configuration["tls-client-auth"]?.ToLowerInvariant() switch
            {
                null or "" or "need" => ClientAuthentication.Need,
                "want" => ClientAuthentication.Want,
                "none" => ClientAuthentication.None,
                var text => throw new OptionException($"--tls-client-auth is {text}, but must be none, want or need"),
            },
            HandshakeTimeout = TimeSpan.FromMilliseconds(
                SiloOptionsReader.Number(configuration, "tls-handshake-timeout", 5000, 10, 600_000)),
            MostHandshakes = SiloOptionsReader.Number(configuration, "tls-outstanding-handshakes", 1000, 0, int.MaxValue),
        };
        Check(options);
        return options;
    }

    private static void Check(TlsOptions options)
    {
        if ((options.Certificate is null) == (options.KeyStore is null))
            throw new OptionException("--secure-client-port needs --tls-certificate with --tls-key, or --tls-key-store");
        if ((options.Certificate is null) != (options.Key is null))
            throw new OptionException("--tls-certificate and --tls-key go together");
        if (options.ClientAuthentication != ClientAuthentication.None && options.Trust is null)
            throw new OptionException("--tls-client-auth want or need takes --tls-trust: whose certificates clients may show");
        if (options.Files.FirstOrDefault(static file => !File.Exists(file)) is { } missing)
            throw new OptionException($"{missing} is named for TLS, but there is no such file");
    }

    private static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { Length: > 0 } text ? text : null;
}
