namespace Coordination.Client.Recipes;

/// <summary>Waits in a queue of ephemeral sequential znodes until nobody who matters is before us.</summary>
internal static class LockQueue
{
    /// <summary>Who of those before us has to go first.</summary>
    /// <param name="names">All members of the queue in their order.</param>
    /// <param name="index">Which one is ours.</param>
    /// <returns>The member to wait for; null where it is our turn.</returns>
    internal delegate string? Predecessor(IReadOnlyList<string> names, int index);

    /// <summary>Waits for our turn.</summary>
    /// <remarks>Each waits for one other, so that a release wakes one. Where the session ends meanwhile, the wait goes on
    /// at the end of the queue, in the next session.</remarks>
    internal static async Task<QueuePlace> AcquireAsync(
        ICoordinationClient client, string parent, string prefix, ReadOnlyMemory<byte> data, Predecessor predecessor,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            var place = await QueuePlace.EnterAsync(client, parent, prefix, data, cancellationToken).ConfigureAwait(false);
            bool isOurs = false;
            try
            {
                isOurs = await WaitAsync(client, place, predecessor, cancellationToken).ConfigureAwait(false);
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
        ICoordinationClient client, QueuePlace place, Predecessor predecessor, CancellationToken cancellationToken)
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
                if (predecessor(members, index) is not { } blocker)
                    return place.Session.IsAlive;
                either ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, place.Session.Ended);
                await ZnodeWait.UntilDeletedAsync(client, $"{place.Parent}/{blocker}", either.Token).ConfigureAwait(false);
                names = (await client.GetChildrenAsync(place.Parent, either.Token).ConfigureAwait(false)).Names;
            }
        }
        finally
        {
            either?.Dispose();
        }
    }
}
