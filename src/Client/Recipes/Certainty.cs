using Coordination.Protocol;

namespace Coordination.Client.Recipes;

/// <summary>Writes that come to the same however often they are done, and so can be repeated until it is known that they
/// are.</summary>
internal static class Certainty
{
    /// <summary>Has a znode be there.</summary>
    internal static Task CreateAsync(
        ICoordinationClient client, string path, CreateOptions? options, CancellationToken cancellationToken) => RepeatAsync(
        async () => await client.CreateAsync(path, ReadOnlyMemory<byte>.Empty, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Has a znode be there that is bound to a session, and to no later one.</summary>
    internal static Task CreateAsync(
        ICoordinationClient client, string path, ClientSession session, CancellationToken cancellationToken) => RepeatAsync(
        async () => await client.BeginTransaction().In(session).Create(path, options: CreateOptions.Ephemeral)
            .CommitAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Has a znode be gone.</summary>
    internal static Task DeleteAsync(ICoordinationClient client, string path, CancellationToken cancellationToken) => RepeatAsync(
        async () => await client.DeleteAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false),
        ErrorCode.NoNode);

    private static async Task RepeatAsync(Func<Task> write, ErrorCode isDone = ErrorCode.NodeExists)
    {
        while (true)
        {
            try
            {
                await write().ConfigureAwait(false);
                return;
            }
            catch (CoordinationException exception) when (exception is ConnectionLossException { Outcome: not RequestOutcome.NotSent }
                or SessionExpiredException { Outcome: RequestOutcome.Unknown })
            {
                // Whether it was done shows when it is asked for again.
            }
            catch (CoordinationException exception) when (exception.Code == isDone)
            {
                return;
            }
        }
    }
}
