using System.Diagnostics;
using System.Security.Cryptography;

namespace Coordination.Gateway.Tls;

/// <summary>The certificates of the secure client port, read again when their files have changed.</summary>
/// <remarks>Looked at by handshakes, at most once a second. Files that make no sense, as half-written ones do, are
/// reported, and what was read before stays in use.</remarks>
public sealed class TlsFiles
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly GatewayLog _log;
    private TlsMaterial _material;
    private string _stamp;
    private long _looked = Stopwatch.GetTimestamp();

    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">They cannot be used; the message says why.</exception>
    public TlsFiles(TlsOptions options, GatewayLog log)
    {
        Options = options;
        _log = log;
        try
        {
            _stamp = Stamp();
            _material = TlsMaterial.Read(options);
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new InvalidDataException($"the certificates of the secure client port cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Where they come from.</summary>
    public TlsOptions Options { get; }

    /// <summary>What is in the files.</summary>
    internal TlsMaterial Current
    {
        get
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _looked)) >= _interval && _lock.TryEnter())
            {
                try
                {
                    ReadWhatChanged();
                }
                finally
                {
                    Volatile.Write(ref _looked, Stopwatch.GetTimestamp());
                    _lock.Exit();
                }
            }
            return Volatile.Read(ref _material);
        }
    }

    private void ReadWhatChanged()
    {
        try
        {
            string stamp = Stamp();
            if (stamp == _stamp)
                return;
            // Before it is read: what cannot be read is reported once, and tried again when it changes.
            _stamp = stamp;
            Volatile.Write(ref _material, TlsMaterial.Read(Options));
            _log.CertificatesRead();
        }
        catch (Exception e) when (IsUnusable(e))
        {
            _log.CertificatesUnusable(e.Message);
        }
    }

    private static bool IsUnusable(Exception e) => e is IOException or UnauthorizedAccessException
        or CryptographicException or ArgumentException or NotSupportedException;

    private string Stamp() => string.Join('|', Options.Files.Select(static path =>
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks}/{file.Length}" : "";
    }));
}
