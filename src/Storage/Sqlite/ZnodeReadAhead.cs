using System.Collections.Concurrent;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Sqlite;

/// <summary>Reads the checkpoint's znodes on one thread while the caller's builds the tree of them: each is about half of
/// the work of a start, and nobody is served before both are done.</summary>
internal static class ZnodeReadAhead
{
    private const int Chunks = 4;

    /// <summary>Hands all znodes to a receiver, on the caller's thread.</summary>
    /// <param name="database">The connection, which nobody else uses meanwhile.</param>
    /// <param name="receiver">Takes the znodes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="LogCorruptException">One is not as it was written: neither it nor any behind it was handed over.</exception>
    public static long Load(SqliteDatabase database, ICheckpointReceiver receiver, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var empty = new BlockingCollection<ZnodeChunk>();
        using var full = new BlockingCollection<ZnodeChunk>();
        for (int i = 0; i < Chunks; i++)
            empty.Add(new ZnodeChunk(), CancellationToken.None);
        var reading = Task.Factory.StartNew(
            () => Read(database, empty, full, ending.Token),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        long count = 0;
        try
        {
            foreach (var chunk in full.GetConsumingEnumerable(cancellationToken))
            {
                chunk.HandTo(receiver);
                count += chunk.Count;
                empty.Add(chunk, CancellationToken.None);
            }
        }
        finally
        {
            ending.Cancel();
            // The connection is the caller's again only once nobody reads from it.
            Task.WaitAny([reading], CancellationToken.None);
        }
        reading.GetAwaiter().GetResult();
        return count;
    }

    private static void Read(
        SqliteDatabase database, BlockingCollection<ZnodeChunk> empty, BlockingCollection<ZnodeChunk> full,
        CancellationToken cancellationToken)
    {
        try
        {
            using var rows = database.Prepare(ZnodeChunk.Query);
            bool hasMore = true;
            while (hasMore)
            {
                var chunk = empty.Take(cancellationToken);
                hasMore = chunk.Fill(rows);
                full.Add(chunk, cancellationToken);
            }
        }
        finally
        {
            full.CompleteAdding();
        }
    }
}
