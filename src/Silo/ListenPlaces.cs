using System.Net;
using System.Net.Sockets;
using Coordination.Silo.Flavours;
using Coordination.Silo.Options;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Coordination.Silo;

/// <summary>Where the silo listens; where it cannot, that is said in the words of its options.</summary>
internal sealed class ListenPlaces(SiloOptions options)
{
    private readonly ListenPlace[] _places = [.. Of(options).Concat(GrainHosting.Places(options))];

    /// <summary>Checks that each can be listened on, before anything else is touched.</summary>
    /// <exception cref="OptionException">One cannot.</exception>
    public void ExpectFree()
    {
        // Bound, and not listened on: nobody is to connect before he is served.
        foreach (var place in _places)
            Bind(place.EndPoint).Dispose();
    }

    /// <summary>Binds a socket to one of the places.</summary>
    /// <exception cref="OptionException">It cannot be.</exception>
    public Socket Bind(EndPoint endPoint)
    {
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException failure)
        {
            throw new OptionException(TextOf(_places.First(place => place.EndPoint.Equals(endPoint)), failure));
        }
    }

    private static IEnumerable<ListenPlace> Of(SiloOptions options)
    {
        yield return new("--client-port", "--client-address", new IPEndPoint(options.ClientAddress, options.ClientPort));
        if (options.SecureClientPort != 0)
        {
            yield return new(
                "--secure-client-port", "--secure-client-address",
                new IPEndPoint(options.SecureClientAddress, options.SecureClientPort));
        }
        if (options.HttpPort != 0)
            yield return new("--http-port", "--http-address", new IPEndPoint(options.HttpAddress, options.HttpPort));
    }

    private static string TextOf(ListenPlace place, SocketException failure)
    {
        string port = $"{place.PortOption} {place.EndPoint.Port}";
        return failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"{port}: {place.EndPoint} is in use",
            SocketError.AccessDenied => $"{port}: this user may not listen on {place.EndPoint}",
            SocketError.AddressNotAvailable =>
                $"{place.AddressOption} {place.EndPoint.Address}: this machine has no such address",
            _ => $"{port}: {place.EndPoint} cannot be listened on: {failure.Message}",
        };
    }
}
