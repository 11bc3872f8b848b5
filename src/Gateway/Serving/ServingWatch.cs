namespace Coordination.Gateway.Serving;

/// <summary>Ends the sessions that were served read-only once the silo serves everybody again, or serves nobody at all:
/// their clients are to come back, here or elsewhere, for more than reads.</summary>
public sealed class ServingWatch(ServingState state, ReadOnlySessions sessions, TimeProvider time)
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (state.Mode == ServingMode.ReadOnly)
                sessions.EndSilent();
            else
                sessions.EndAll();
            await Task.Delay(_period, time, cancellationToken).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
