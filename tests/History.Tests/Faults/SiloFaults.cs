using Coordination.Testing;

namespace Coordination.History.Tests.Faults;

/// <summary>What can be done to the process of a silo.</summary>
internal static class SiloFaults
{
    private static readonly TimeSpan s_longestTermination = TimeSpan.FromSeconds(120);

    public static async Task KillAsync(SiloProcess silo, string name, FaultDiary diary, Random random)
    {
        diary.Fault("silo killed", name);
        await silo.KillAsync();
        await AwayAsync(random, 1500);
        LaunchAgain(silo, name, diary);
    }

    public static async Task TerminateAsync(SiloProcess silo, string name, FaultDiary diary, Random random)
    {
        diary.Fault("silo terminated", name);
        await TerminateAsync(silo);
        await AwayAsync(random, 500);
        LaunchAgain(silo, name, diary);
    }

    /// <summary>Puts a silo of this version in the place of one of an older.</summary>
    public static async Task UpgradeAsync(SiloProcess silo, string name, FaultDiary diary, Random random)
    {
        diary.Fault("silo upgraded", name);
        await TerminateAsync(silo);
        silo.Version = SiloVersion.Current;
        await AwayAsync(random, 500);
        LaunchAgain(silo, name, diary);
    }

    /// <summary>Has a silo leave for a while that the others go on without it.</summary>
    public static async Task LeaveAsync(SiloProcess silo, string name, FaultDiary diary, TimeSpan length)
    {
        diary.Fault("silo left", $"{name} for {length.TotalMilliseconds} ms");
        await TerminateAsync(silo);
        await Task.Delay(length);
        LaunchAgain(silo, name, diary);
    }

    public static async Task PauseAsync(SiloProcess silo, string name, FaultDiary diary, TimeSpan length)
    {
        diary.Fault("silo paused", $"{name} for {length.TotalMilliseconds} ms");
        try
        {
            if (silo.HasExited)
                return;
            silo.Pause();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException && silo.HasExited)
        {
            // One that was taken for dead ended just then.
            return;
        }
        await Task.Delay(length);
        silo.Continue();
        diary.Note($"{name} goes on");
    }

    /// <summary>Starts a silo that has ended by itself, which one does that was taken for dead, or found no database.</summary>
    public static void LaunchIfExited(SiloProcess silo, string name, FaultDiary diary)
    {
        if (!silo.HasExited)
            return;
        diary.Fault("silo ended by itself", $"{name} has exited with {silo.ExitCode}: {LastLine(silo.Output)}");
        LaunchAgain(silo, name, diary);
    }

    private static async Task TerminateAsync(SiloProcess silo)
    {
        try
        {
            if (!silo.HasExited)
                await silo.TerminateAsync(s_longestTermination);
        }
        catch (InvalidOperationException) when (silo.HasExited)
        {
            // It ended by itself just then.
        }
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1].Trim();

    private static void LaunchAgain(SiloProcess silo, string name, FaultDiary diary)
    {
        silo.LaunchAgain();
        diary.Note($"{name} is started");
    }

    private static Task AwayAsync(Random random, int longest) =>
        random.Next(2) == 0 ? Task.CompletedTask : Task.Delay(random.Next(longest));
}
