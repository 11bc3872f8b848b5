namespace Coordination.Testing;

/// <summary>What rests on a machine's clock, on a machine that others use too.</summary>
public static class Rounds
{
    /// <summary>Runs a round again where the machine stood still, or had too much to do, while it failed.</summary>
    /// <remarks>A machine that stands still for as long as a session may be silent ends the session, rightly, and what is
    /// promised within a time comes later on it. What fails on a machine that runs has failed, and so has what is promised
    /// whatever the machine does: see <see cref="BrokenPromiseException"/>.</remarks>
    /// <param name="round">The round, given its number from 1 on, with which it names what it makes.</param>
    /// <param name="most">How many there may be; the last one's failure is the test's.</param>
    public static async Task OneGoesWellAsync(Func<int, Task> round, int most = 5)
    {
        for (int number = 1; ; number++)
        {
            long began = MachineWatch.Begin();
            try
            {
                await round(number);
                return;
            }
            catch (Exception failure) when (
                number < most && failure is not BrokenPromiseException && MachineWatch.IsMachineToBlame(began))
            {
                // The next shows whether it was.
            }
        }
    }
}
