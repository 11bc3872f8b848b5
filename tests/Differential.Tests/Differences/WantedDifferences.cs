using System.Collections.Concurrent;

namespace Coordination.Differential.Tests.Differences;

/// <summary>All wanted differences, and how often each was met.</summary>
internal sealed class WantedDifferences
{
    /// <summary>In the order in which they are looked for. Each leaves alone what it is not about.</summary>
    private static readonly WantedDifference[] s_all =
    [
        new("auth answers", ReplyDifferences.ExcuseEarlyAuthentications),
        new("notifications' zxid", EventDifferences.ExcuseZxids),
        new("order of a closing session's events", EventDifferences.ExcuseOrderAtClose),
        new("who asks for a session with a wrong password", ConnectionDifferences.ExcuseWrongPassword),
        new("check outside of a multi", ConnectionDifferences.ExcuseLoneCheck),
        new("deleteContainer from a client", ConnectionDifferences.ExcuseDeleteContainer),
        new("create2 and createContainer in a multi, up to 3.8", ReplyDifferences.ExcuseCreatesInMulti),
        new("the exists of 3.8", ReplyDifferences.ExcuseExists),
        new("checkWatches and removeWatches up to 3.8", WatchDifferences.ExcuseTypes),
        new("auth right behind other requests", EventDifferences.ExcuseEarlyIdentity),
        new("two kinds of watch on one path, up to 3.8", WatchDifferences.ExcuseTwoKinds),
        new("order of the identities that `auth` stands for", ReplyDifferences.ExcuseOrderOfIdentities),
    ];

    private readonly ConcurrentDictionary<string, int> _uses = [];

    public static IEnumerable<string> Names => s_all.Select(difference => difference.Name);

    public void Excuse(ItemPair pair)
    {
        foreach (var difference in s_all)
        {
            if (difference.Excuse(pair))
                _uses.AddOrUpdate(difference.Name, 1, static (_, count) => count + 1);
        }
    }

    /// <summary>The names with the number of times that each was met.</summary>
    public IReadOnlyList<(string Name, int Count)> Uses() =>
        [.. s_all.Select(difference => (difference.Name, _uses.GetValueOrDefault(difference.Name)))];
}
