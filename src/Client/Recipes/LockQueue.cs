namespace Coordination.Client.Recipes;

/// <summary>Waits in a queue of ephemeral sequential znodes until nobody who matters is before us.</summary>
internal static class LockQueue
{
    /// <summary>Who of those before us has to go first.</summary>
    /// <param name="names">All members of the queue in their order.</param>
    /// <param name="index">Which one is ours.</param>
    /// <returns>The member to wait for; null where it is our turn.</returns>
    internal delegate string? Predecessor(IReadOnlyList<string> names, int index);

    /// <summary>The one before, whoever that is.</summary>
    internal static string? Before(IReadOnlyList<string> names, int index) => index == 0 ? null : names[index - 1];

    /// <summary>Waits for our turn.</summary>
    /// <remarks>Each waits for one other, so that a release wakes one. Where the session ends meanwhile, the wait goes on
    /// at the end of the queue, in the next session.</remarks>
    internal static async Task<QueuePlace> AcquireAsync(
        ICoordinationClient client, LockTerms terms, CancellationToken cancellationToken)
    {
        var lost = new LostHolders(client.TimeProvider, terms.IsShared);
        while (true)
        {
            var place = await QueuePlace.EnterAsync(client, terms.Parent, terms.Prefix, terms.Data, cancellationToken)
                .ConfigureAwait(false);
            bool isOurs = false;
            try
            {
                isOurs = await WaitAsync(client, place, terms, lost, cancellationToken).ConfigureAwait(false);
                if (isOurs)
                    return place;
            }
            catch (SessionExpiredException)
            {
                // So is the place in the queue.
            }
            catch (OperationCanceledException) when (
                place.Session.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // So is the place in the queue.
            }
            finally
            {
                if (!isOurs)
                    _ = place.LeaveAsync();
            }
        }
    }

    /// <returns>False where the place was lost.</returns>
    private static async Task<bool> WaitAsync(
        ICoordinationClient client, QueuePlace place, LockTerms terms, LostHolders lost, CancellationToken cancellationToken)
    {
        var names = place.Names;
        CancellationTokenSource? either = null;
        try
        {
            while (true)
            {
                var members = SequentialName.Sort(names);
                int index = members.IndexOf(place.Name);
                if (index < 0)
                    return false;
                lost.Look(names);
                string? blocker = terms.Predecessor(members, index);
                if (blocker is null && lost.Marks.Count == 0 && terms.LockDelay == TimeSpan.Zero)
                    return place.Session.IsAlive;
                either ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, place.Session.Ended);
                try
                {
                    if (blocker is not null)
                        await ZnodeWait.UntilDeletedAsync(client, $"{place.Parent}/{blocker}", either.Token).ConfigureAwait(false);
                    else if (lost.Remaining is var remaining && remaining > TimeSpan.Zero)
                        await Task.Delay(remaining, client.TimeProvider, either.Token).ConfigureAwait(false);
                    else
                        return await HoldAsync(client, place, terms, lost, either.Token).ConfigureAwait(false);
                    names = (await client.GetChildrenAsync(place.Parent, either.Token).ConfigureAwait(false)).Names;
                }
                catch (ConnectionLossException)
                {
                    // The place stands as long as the session does.
                }
                catch (ReadOnlyServerException)
                {
                    await client.ConnectedAsync(either.Token).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            either?.Dispose();
        }
    }

    /// <summary>It is our turn, and nobody is lost any more: what is left is to say so, and what becomes of our own
    /// loss.</summary>
    /// <returns>False where the place was lost.</returns>
    private static async Task<bool> HoldAsync(
        ICoordinationClient client, QueuePlace place, LockTerms terms, LostHolders lost, CancellationToken cancellationToken)
    {
        // Another one may have waited too, and done it.
        foreach (string mark in lost.Marks)
            await Certainty.DeleteAsync(client, $"{place.Parent}/{mark}", cancellationToken).ConfigureAwait(false);
        if (terms.LockDelay > TimeSpan.Zero
            && !await place.MarkAsync(terms.LockDelay, terms.IsShared, cancellationToken).ConfigureAwait(false))
            return false;
        return place.Session.IsAlive;
    }
}
