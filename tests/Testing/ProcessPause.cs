using System.Diagnostics;

namespace Coordination.Testing;

/// <summary>Holds processes by SIGSTOP, as a pause of their machine would.</summary>
public static class ProcessPause
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    /// <summary>Holds a process, and waits until it does nothing.</summary>
    /// <exception cref="TimeoutException">It goes on all the same.</exception>
    public static void Begin(Process process)
    {
        UnixSignal.Send(process.Id, UnixSignal.Stop);
        var sent = Stopwatch.StartNew();
        while (!Directory.EnumerateDirectories($"/proc/{process.Id}/task").All(IsStopped))
        {
            if (sent.Elapsed > s_longest)
                throw new TimeoutException($"the process {process.Id} does not stop at a SIGSTOP");
            Thread.Sleep(1);
        }
    }

    /// <summary>Lets a held process go on.</summary>
    public static void End(Process process) => UnixSignal.Send(process.Id, UnixSignal.Continue);

    // The state stands behind the name, which is in brackets.
    private static bool IsStopped(string thread)
    {
        try
        {
            string status = File.ReadAllText(Path.Combine(thread, "stat"));
            return status[status.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            // It ended since it was listed.
            return true;
        }
    }
}
