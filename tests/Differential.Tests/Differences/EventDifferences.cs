using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Differences;

/// <summary>Wanted differences in notifications.</summary>
internal static class EventDifferences
{
    /// <summary>3.8 tells none; here it is the zxid of the change, or -1 for what setWatches catches up with.</summary>
    public static bool ExcuseZxids(ItemPair pair)
    {
        bool found = false;
        bool catchesUp = pair.Step.Parts().Any(part => part is SetWatchesRequest);
        // A close does not tell its own zxid.
        bool closes = pair.Step.Parts().Any(part => part is CloseRequest);
        for (int i = 0; i < pair.Ours.Count; i++)
        {
            var item = pair.Ours[i];
            if (item.Kind != ItemKind.Event)
                continue;
            found = true;
            bool isRight = closes ? item.EventZxid > 0
                : pair.OurWriteZxids.Contains(item.EventZxid) || (catchesUp && item.EventZxid == -1);
            if (!isRight)
                pair.Ours[i] = item with { Text = $"{item.Text} with the wrong zxid 0x{item.EventZxid:x}" };
        }

        return found;
    }

    /// <summary>In which order a closing session's ephemeral znodes go is nobody's promise.</summary>
    public static bool ExcuseOrderAtClose(ItemPair pair)
    {
        if (pair.SaysTheSame || !pair.Step.Parts().Any(part => part is CloseRequest))
            return false;
        SortEvents(pair.Ours);
        SortEvents(pair.Theirs);
        return pair.SaysTheSame;
    }

    /// <summary>
    /// Only those are told of a change who may read the znode. In ZooKeeper an identity counts from when it has arrived,
    /// before what was asked for earlier is done.
    /// </summary>
    /// <remarks>As from 3.9.2 on: Debian has put the filter into its 3.8.0.</remarks>
    public static bool ExcuseEarlyIdentity(ItemPair pair)
    {
        if (pair.SaysTheSame || pair.Step is not BatchStep || !pair.Step.Parts().Any(part => part is AuthenticateRequest))
            return false;
        bool found = false;
        for (int i = 0; i < pair.Theirs.Count;)
        {
            var item = pair.Theirs[i];
            bool isTold = i < pair.Ours.Count && pair.Ours[i].Says(item);
            if (isTold || item.Kind != ItemKind.Event || !pair.History.MayBeGuarded(item.Path))
            {
                i++;
                continue;
            }

            pair.Theirs.RemoveAt(i);
            found = true;
        }

        return found;
    }

    // Events of one change keep their place among the replies.
    private static void SortEvents(List<Item> items)
    {
        for (int start = 0; start < items.Count;)
        {
            int end = start;
            while (end < items.Count && items[end].Kind == ItemKind.Event)
                end++;
            items.Sort(start, end - start, Comparer<Item>.Create(CompareEvents));
            start = end + 1;
        }
    }

    private static int CompareEvents(Item one, Item other)
    {
        int order = string.CompareOrdinal(one.Path, other.Path);
        return order != 0 ? order : Comparer<WatchEventType>.Default.Compare(one.EventType, other.EventType);
    }
}
