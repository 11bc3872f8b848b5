using System.Diagnostics;
using Coordination.Grains.Replication;

namespace Coordination.Grains.Tests.Replication;

public sealed class ReplicaLockTests
{
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(60);

    private readonly ReplicaLock _lock = new();

    [Fact]
    public void ReadersAreSideBySide()
    {
        // Readers on one processor take turns, so that this takes two.
        if (Environment.ProcessorCount < 2)
            return;
        int inside = 0, most = 0;
        var waited = Stopwatch.StartNew();
        Run(4, () =>
        {
            while (Volatile.Read(ref most) < 2 && waited.Elapsed < _most)
            {
                using (_lock.EnterRead())
                {
                    int now = Interlocked.Increment(ref inside);
                    if (now > Volatile.Read(ref most))
                        Volatile.Write(ref most, now);
                    Thread.SpinWait(1000);
                    Interlocked.Decrement(ref inside);
                }
            }
        });
        Assert.True(most >= 2);
    }

    [Fact]
    public void AWriterExcludesReadersAndWriters()
    {
        long[] values = new long[64];
        int writersInside = 0, readersInside = 0, reads = 0;
        var ran = Stopwatch.StartNew();
        Run(6, which =>
        {
            while (ran.Elapsed < TimeSpan.FromMilliseconds(600)
                || ((Volatile.Read(ref values[0]) == 0 || Volatile.Read(ref reads) == 0) && ran.Elapsed < _most))
            {
                if (which < 2)
                {
                    using (_lock.EnterWrite())
                    {
                        Assert.Equal(1, Interlocked.Increment(ref writersInside));
                        Assert.Equal(0, Volatile.Read(ref readersInside));
                        for (int i = 0; i < values.Length; i++)
                            values[i]++;
                        Interlocked.Decrement(ref writersInside);
                    }
                    Thread.Yield();
                }
                else
                {
                    using (_lock.EnterRead())
                    {
                        Interlocked.Increment(ref readersInside);
                        Assert.Equal(0, Volatile.Read(ref writersInside));
                        Assert.All(values, value => Assert.Equal(values[0], value));
                        Interlocked.Decrement(ref readersInside);
                    }
                    Interlocked.Increment(ref reads);
                }
            }
        });
        Assert.True(values[0] > 0 && reads > 0);
    }

    [Fact]
    public void AWriterWaitsForAReaderAndAReaderForAWriter()
    {
        var order = new List<string>();
        Thread writer;
        using (_lock.EnterRead())
        {
            writer = Start(() =>
            {
                using (_lock.EnterWrite())
                    order.Add("write");
            });
            Thread.Sleep(30);
            order.Add("read");
        }
        writer.Join();

        Thread reader;
        using (_lock.EnterWrite())
        {
            reader = Start(() =>
            {
                using (_lock.EnterRead())
                    order.Add("read");
            });
            Thread.Sleep(30);
            order.Add("write");
        }
        reader.Join();
        Assert.Equal(["read", "write", "write", "read"], order);
    }

    [Fact]
    public void AWriterGoesBetweenThePiecesOfALongRead()
    {
        const int Writes = 100;
        int pieces = 0;
        using var done = new CancellationTokenSource();
        var reader = Start(() =>
        {
            while (!done.IsCancellationRequested)
            {
                using (_lock.EnterRead())
                    Thread.SpinWait(3000);
                Interlocked.Increment(ref pieces);
                _lock.LetWriterIn();
            }
        });
        var waits = new List<int>();
        for (int i = 0; i < Writes; i++)
        {
            int before = Volatile.Read(ref pieces);
            using (_lock.EnterWrite())
                waits.Add(Volatile.Read(ref pieces) - before);
            Thread.SpinWait(10_000);
        }
        done.Cancel();
        reader.Join();
        // The piece that is being read, and one that was about to be.
        waits.Sort();
        Assert.InRange(waits[Writes / 2], 0, 2);
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        return thread;
    }

    private static void Run(int threads, Action work) => Run(threads, _ => work());

    private static void Run(int threads, Action<int> work)
    {
        var failures = new List<Exception>();
        var started = Enumerable.Range(0, threads).Select(which => Start(() =>
        {
            try
            {
                work(which);
            }
            catch (Exception failure)
            {
                lock (failures)
                    failures.Add(failure);
            }
        })).ToList();
        started.ForEach(thread => thread.Join());
        Assert.Empty(failures);
    }
}
