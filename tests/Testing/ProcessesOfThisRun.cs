using System.Diagnostics;

namespace Coordination.Testing;

/// <summary>Ends what the test run started and, because a test was cut off, did not end itself.</summary>
public static class ProcessesOfThisRun
{
    private static readonly HashSet<Process> s_running = [];

    static ProcessesOfThisRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    public static void Add(Process process)
    {
        lock (s_running)
            s_running.Add(process);
    }

    public static void Remove(Process process)
    {
        lock (s_running)
            s_running.Remove(process);
    }

    private static void KillAll()
    {
        lock (s_running)
        {
            foreach (var process in s_running)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It has exited, or its object is disposed because it has.
                }
            }
        }
    }
}
