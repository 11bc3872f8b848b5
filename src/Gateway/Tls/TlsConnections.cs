using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Coordination.Engine.Security;
using Coordination.Protocol;
using Microsoft.AspNetCore.Connections;

namespace Coordination.Gateway.Tls;

/// <summary>Encrypts the connections of the secure client port, and finds out who their clients are.</summary>
public sealed class TlsConnections(TlsFiles files, ServerStatistics statistics, GatewayLog log)
{
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options = files.Options;

    /// <summary>Shakes hands with a client, then hands the connection on as one that seems plain.</summary>
    public async Task OnConnectedAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        var stream = new TransportStream(transport);
        await using var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        if (!await TryShakeHandsAsync(connection, encrypted))
            return;
        stream.LeavesPollingThread = false;
        connection.Features.Set(new TlsIdentities(IdentitiesOf(encrypted.RemoteCertificate as X509Certificate2)));
        connection.Transport = new EncryptedTransport(encrypted);
        try
        {
            await next(connection);
            await encrypted.ShutdownAsync().WaitAsync(_farewell);
        }
        catch (Exception e) when (
            e is IOException or TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody is there to be told of the end.
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    private async Task<bool> TryShakeHandsAsync(ConnectionContext connection, SslStream encrypted)
    {
        if (statistics.HandshakesUnderWay >= _options.MostHandshakes && _options.MostHandshakes > 0)
        {
            statistics.RejectedHandshakes.Count();
            log.HandshakeFailed(connection.RemoteEndPoint, $"{_options.MostHandshakes} handshakes are under way");
            return false;
        }
        statistics.BeginHandshake();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        timeout.CancelAfter(_options.HandshakeTimeout);
        string? refusal = null;
        try
        {
            await encrypted.AuthenticateAsServerAsync(Authentication(reason => refusal = reason), timeout.Token);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException
            or ConnectionResetException or ConnectionAbortedException or InvalidOperationException)
        {
            statistics.FailedHandshakes.Count();
            log.HandshakeFailed(
                connection.RemoteEndPoint,
                refusal ?? (e is OperationCanceledException && !connection.ConnectionClosed.IsCancellationRequested
                    ? $"it took longer than {_options.HandshakeTimeout.TotalSeconds} s"
                    : (e.InnerException ?? e).Message));
            return false;
        }
        finally
        {
            statistics.EndHandshake();
        }
    }

    private SslServerAuthenticationOptions Authentication(Action<string> refuse)
    {
        var material = files.Current;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Server,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = _options.ClientAuthentication != ClientAuthentication.None,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                IsTrusted(certificate, chain, errors, refuse),
        };
        if (options.ClientCertificateRequired)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(material.Trusted);
        }
        return options;
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, Action<string> refuse)
    {
        if (_options.ClientAuthentication == ClientAuthentication.None)
            return true;
        if (certificate is null)
        {
            if (_options.ClientAuthentication == ClientAuthentication.Want)
                return true;
            refuse("it shows no certificate");
            return false;
        }
        if (errors == SslPolicyErrors.None)
            return true;
        string why = string.Join(", ", (chain?.ChainStatus ?? []).Select(static status => status.Status.ToString()));
        refuse($"its certificate for {certificate.Subject} is refused: {(why.Length > 0 ? why : errors)}");
        return false;
    }

    private Identity[] IdentitiesOf(X509Certificate2? certificate)
    {
        if (certificate is null)
            return [];
        var identity = new Identity(AuthenticationScheme.X509, SubjectName.Of(certificate));
        return identity.Id == _options.SuperUser ? [identity, new Identity(AuthenticationScheme.Super, identity.Id)] : [identity];
    }
}
