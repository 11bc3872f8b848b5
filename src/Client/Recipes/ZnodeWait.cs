using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>Waits for what a one-shot watch tells.</summary>
internal static class ZnodeWait
{
    /// <summary>Waits until a znode is gone.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The znode.</param>
    /// <param name="cancellationToken">Ends the wait; the watch goes with it.</param>
    internal static async ValueTask UntilDeletedAsync(
        ICoordinationClient client, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = new Change();
            try
            {
                // Not exists, which would leave a watch behind on a znode that is gone.
                await client.GetDataAsync(path, change.Take, cancellationToken).ConfigureAwait(false);
            }
            catch (NoNodeException)
            {
                return;
            }
            if (await change.WaitAsync(client, path, cancellationToken).ConfigureAwait(false) == WatchEventType.NodeDeleted)
                return;
        }
    }

    /// <summary>What a one-shot watch will tell.</summary>
    internal sealed class Change
    {
        private readonly TaskCompletionSource<WatchEventType> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Take(WatchEvent watchEvent) => _told.TrySetResult(watchEvent.Type);

        /// <summary>Waits for the event; the watch is forgotten where the wait is cancelled.</summary>
        internal async ValueTask<WatchEventType> WaitAsync(
            ICoordinationClient client, string path, CancellationToken cancellationToken)
        {
            try
            {
                return await _told.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                client.Forget(path, Take);
                throw;
            }
        }
    }
}
