using System.Globalization;

namespace Coordination.Gateway.FourLetterWords;

/// <summary>What <c>dump</c> tells: when sessions and connections end unless their clients are heard, and the ephemeral
/// znodes.</summary>
internal sealed class DumpLines(ConnectionTable connections, ServerListings listings)
{
    /// <summary>The lines, in ZooKeeper's order.</summary>
    public IEnumerable<string> All()
    {
        var expiries = listings.Expiries();
        yield return "SessionTracker dump:\n";
        yield return $"Session Sets ({expiries.Count})/({expiries.Sum(static set => set.Value.Count)}):\n";
        foreach (var (time, sessions) in expiries)
        {
            yield return $"{sessions.Count} expire at {DateOf(time)}:\n";
            foreach (long session in sessions)
                yield return $"\t0x{session:x}\n";
        }
        yield return "ephemeral nodes dump:\n";
        var owners = listings.SessionsWithEphemerals();
        yield return $"Sessions with Ephemerals ({owners.Count}):\n";
        foreach (long session in owners)
        {
            yield return $"0x{session:x}:\n";
            foreach (string path in listings.EphemeralsOf(session))
                yield return $"\t{path}\n";
        }
        foreach (string line in Connections(expiries))
            yield return line;
    }

    private IEnumerable<string> Connections(IReadOnlyList<KeyValuePair<long, List<long>>> expiries)
    {
        // A connection ends with its session, at the latest; one that has none is not in a set.
        var attached = connections.Connections.ToLookup(static connection => connection.Value.Session?.Session.Id ?? 0);
        var sets = expiries.Select(set => KeyValuePair.Create(set.Key, set.Value.SelectMany(session => attached[session]).ToList()))
            .Where(static set => set.Value.Count > 0).ToList();
        yield return "Connections dump:\n";
        yield return $"Connections Sets ({sets.Count})/({sets.Sum(static set => set.Value.Count)}):\n";
        foreach (var (time, ending) in sets)
        {
            yield return $"{ending.Count} expire at {DateOf(time)}:\n";
            foreach (var (remote, traffic) in ending)
                yield return $"\tip: /{remote} sessionId: 0x{traffic.Session!.Session.Id:x}\n";
        }
    }

    // As Java writes a date.
    private string DateOf(long time) =>
        listings.DateOf(time).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
