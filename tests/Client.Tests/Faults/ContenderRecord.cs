using System.Collections.Concurrent;
using System.Globalization;

namespace Coordination.Client.Tests.Faults;

/// <summary>What a contender has said, and what became of its writes.</summary>
/// <param name="number">Which one it is.</param>
/// <param name="stores">What it writes to, by the names of the locks.</param>
internal sealed class ContenderRecord(int number, IReadOnlyDictionary<string, FencedStore> stores)
{
    private readonly ConcurrentDictionary<long, bool> _robbed = new();
    private volatile KnownSession? _session;
    private int _expirations;

    /// <summary>The session that it was in when it last said so.</summary>
    public KnownSession? Session => _session;

    /// <summary>How many of its sessions have ended.</summary>
    public int Expirations => Volatile.Read(ref _expirations);

    /// <summary>Its session is about to be ended behind its back, which no clock of its own can know.</summary>
    public void Rob(long session) => _robbed[session] = true;

    /// <summary>It writes.</summary>
    /// <returns>Whether it may.</returns>
    public bool Write(string resource, long token) => stores[resource].Write(number, token);

    /// <summary>Takes a line of it that is no write.</summary>
    public void Take(string[] words)
    {
        switch (words[0])
        {
            case "session":
                _session = new KnownSession(Number(words[1]), Convert.FromHexString(words[2]));
                break;
            case "expired":
                Interlocked.Increment(ref _expirations);
                break;
            case "holds":
                stores[words[1]].Hold(number, Number(words[2]));
                break;
            case "lost":
            case "sure" when _robbed.ContainsKey(Number(words[3])):
                break;
            default:
                stores[words[1]].Report($"{number}: {string.Join(' ', words)}");
                break;
        }
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
