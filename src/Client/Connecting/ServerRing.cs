namespace Coordination.Client.Connecting;

/// <summary>Which server to try next, and how long to wait before.</summary>
/// <remarks>All servers once, in a random order, without a wait; then a wait that doubles from round to round, of which a
/// random part is waited: so clients that lost a server together do not come back together.</remarks>
internal sealed class ServerRing
{
    private readonly ServerAddress[] _servers;
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private readonly Random _random;
    private int _next;
    private int _failures;

    internal ServerRing(IReadOnlyList<ServerAddress> servers, TimeSpan shortest, TimeSpan longest, Random random)
    {
        _servers = [.. servers];
        random.Shuffle(_servers);
        _shortest = shortest;
        _longest = longest;
        _random = random;
    }

    internal ServerAddress Current => _servers[_next];

    /// <summary>The current server serves.</summary>
    internal void Succeeded() => _failures = 0;

    /// <summary>The current server does not serve: the next one is to be tried.</summary>
    /// <returns>How long to wait before.</returns>
    internal TimeSpan Failed()
    {
        _next = (_next + 1) % _servers.Length;
        _failures++;
        if (_failures % _servers.Length != 0)
            return TimeSpan.Zero;
        int round = Math.Min(_failures / _servers.Length, 30);
        double longest = Math.Min(_longest.TotalMilliseconds, _shortest.TotalMilliseconds * Math.Pow(2, round - 1));
        return TimeSpan.FromMilliseconds(longest * (0.5 + _random.NextDouble() / 2));
    }
}
