using System.Diagnostics;
using System.Globalization;

namespace Coordination.Testing;

/// <summary>Watches whether the machine runs: what is promised within a time is not to be had of one that does not.</summary>
public static class MachineWatch
{
    private const int BusyPerProcessor = 2;
    private const int MostKept = 1000;
    // A client gives a silent server two thirds of its session's timeout: the rest is what it has to reach another.
    private const int ThirdsLeft = 3;

    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    private static readonly Lock s_gate = new();
    private static readonly Queue<Standstill> s_standstills = new();
    private static readonly Lazy<Thread> s_thread = new(Start);
    private static long s_napBegan;

    /// <summary>Watches from now on.</summary>
    /// <returns>The moment, from which on the others tell.</returns>
    public static long Begin()
    {
        _ = s_thread.Value;
        return Stopwatch.GetTimestamp();
    }

    /// <summary>Whether a thread that only slept was late since a moment, or more want to run than there are processors for.</summary>
    public static bool IsMachineToBlame(long since) => LongestStandstill(since) > TimeSpan.Zero || IsBusy();

    /// <summary>Whether the machine stood still since a moment, for so long that a session may have ended whose client and
    /// whose server did what they should: for a third of its timeout.</summary>
    public static bool MayHaveEndedSession(TimeSpan sessionTimeout, long since) =>
        LongestStandstill(since) >= sessionTimeout / ThirdsLeft;

    /// <summary>For how long a thread that only slept was late, at most, since a moment; zero where that is a tenth of a second
    /// or less.</summary>
    public static TimeSpan LongestStandstill(long since)
    {
        lock (s_gate)
        {
            // The one that is not over, too: others may go on before the watch does.
            var longest = s_standstills.Where(one => one.EndedAt > since).Select(one => one.Length)
                .Append(Stopwatch.GetElapsedTime(s_napBegan) - s_nap).Max();
            return longest > s_shortest ? longest : TimeSpan.Zero;
        }
    }

    private static bool IsBusy() =>
        File.Exists("/proc/loadavg")
        && double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
            > BusyPerProcessor * Environment.ProcessorCount;

    private static Thread Start()
    {
        s_napBegan = Stopwatch.GetTimestamp();
        var thread = new Thread(Watch) { IsBackground = true, Name = "Machine watch" };
        thread.Start();
        return thread;
    }

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(s_nap);
            lock (s_gate)
            {
                long now = Stopwatch.GetTimestamp();
                var late = Stopwatch.GetElapsedTime(s_napBegan, now) - s_nap;
                s_napBegan = now;
                if (late <= s_shortest)
                    continue;
                s_standstills.Enqueue(new Standstill(now, late));
                if (s_standstills.Count > MostKept)
                    s_standstills.Dequeue();
            }
        }
    }

    private readonly record struct Standstill(long EndedAt, TimeSpan Length);
}
