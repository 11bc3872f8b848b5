using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Differences;

/// <summary>Wanted differences in replies.</summary>
internal static class ReplyDifferences
{
    /// <summary>ZooKeeper's answer to auth may overtake the answers to earlier requests.</summary>
    public static bool ExcuseEarlyAuthentications(ItemPair pair)
    {
        if (pair.SaysTheSame || pair.Step is not BatchStep batch)
            return false;
        var labels = batch.Requests.OfType<AuthenticateRequest>().Select(request => request.ToString()).ToHashSet();
        var ours = pair.Ours.Select(item => labels.Contains(item.Label));
        if (labels.Count == 0 || ours.SequenceEqual(pair.Theirs.Select(item => labels.Contains(item.Label))))
            return false;
        MoveBehind(pair.Ours, labels);
        MoveBehind(pair.Theirs, labels);
        return true;
    }

    /// <summary>Up to 3.8.3, exists does not look at the ACL; and where it may not look, it sets no watch.</summary>
    public static bool ExcuseExists(ItemPair pair)
    {
        if (pair.SaysTheSame)
            return false;
        var exists = pair.Step.Parts().OfType<ReadRequest>()
            .Where(request => request.Operation == OperationCode.Exists).ToLookup(request => request.ToString());
        bool found = false;
        for (int i = 0; i < Math.Min(pair.Ours.Count, pair.Theirs.Count); i++)
        {
            var ours = pair.Ours[i];
            var theirs = pair.Theirs[i];
            if (ours.Label != theirs.Label || ours.Error != ErrorCode.NoAuth || theirs.Error != ErrorCode.Ok
                || !exists[ours.Label].Any(request => pair.History.MayBeGuarded(request.Path)))
            {
                continue;
            }

            pair.Theirs[i] = ours;
            found = true;
            pair.LeavesDifferentStates |= exists[ours.Label].Any(request => request.Watch);
        }

        return found;
    }

    /// <summary>3.8 takes create2 in a multi for create, and tells no Stat; nor does it of a container.</summary>
    public static bool ExcuseCreatesInMulti(ItemPair pair)
    {
        if (pair.SaysTheSame)
            return false;
        bool found = false;
        for (int i = 0; i < Math.Min(pair.Ours.Count, pair.Theirs.Count); i++)
        {
            var ours = pair.Ours[i];
            var theirs = pair.Theirs[i];
            if (ours.Label != theirs.Label || !ours.Label.StartsWith("in multi: Create", StringComparison.Ordinal)
                || !ours.Text.StartsWith(theirs.Text.Replace("Ok Create ", "Ok Create2 ") + " czxid", StringComparison.Ordinal))
            {
                continue;
            }

            pair.Ours[i] = theirs;
            found = true;
        }

        return found;
    }

    /// <summary>The identities that "auth" stands for, and those that whoAmI tells, are in the order of a hash table.</summary>
    public static bool ExcuseOrderOfIdentities(ItemPair pair)
    {
        if (pair.SaysTheSame || !pair.History.HasAuthenticated)
            return false;
        bool found = false;
        for (int i = 0; i < Math.Min(pair.Ours.Count, pair.Theirs.Count); i++)
        {
            var ours = pair.Ours[i];
            var theirs = pair.Theirs[i];
            if (ours.Says(theirs) || !ours.Text.Contains("acl=", StringComparison.Ordinal)
                || InOrder(ours.Text) != InOrder(theirs.Text))
            {
                continue;
            }

            pair.Theirs[i] = theirs with { Text = ours.Text };
            found = true;
        }

        return found;
    }

    private static string InOrder(string text) => string.Join(' ', text.Split(' ').Order(StringComparer.Ordinal));

    private static void MoveBehind(List<Item> items, HashSet<string> labels)
    {
        var moved = items.FindAll(item => labels.Contains(item.Label));
        items.RemoveAll(item => labels.Contains(item.Label));
        items.AddRange(moved);
    }
}
