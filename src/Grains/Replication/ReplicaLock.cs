using System.Diagnostics;

namespace Coordination.Grains.Replication;

/// <summary>The lock around a replica's state: many readers side by side, or one writer.</summary>
/// <remarks>Striped: a reader takes one of a few locks, by its processor, and a writer all of them. Readers on different
/// processors share no cache line, which a counting reader-writer lock would have them do at every read.</remarks>
public sealed class ReplicaLock
{
    private const int MostStripes = 16;

    private static readonly TimeSpan _longestWaitForReaders = TimeSpan.FromMicroseconds(200);

    private readonly Lock[] _stripes;
    private int _waitingWriters;
    private int _waitingReaders;

    /// <summary>Makes the lock for this machine's processors.</summary>
    public ReplicaLock()
    {
        int stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount);
        _stripes = new Lock[Math.Min(stripes, MostStripes)];
        for (int i = 0; i < _stripes.Length; i++)
            _stripes[i] = new Lock();
    }

    /// <summary>Called where readers are let in: where time is simulated, nobody else runs unless they are let.</summary>
    internal Action? LettingReadersIn { get; set; }

    /// <summary>Waits to read; disposing what it returns ends the read. Not to be entered again while held.</summary>
    public ReadScope EnterRead()
    {
        var stripe = _stripes[Thread.GetCurrentProcessorId() & (_stripes.Length - 1)];
        if (!stripe.TryEnter())
            WaitToRead(stripe);
        return new ReadScope(stripe);
    }

    /// <summary>Waits to write; disposing what it returns ends the write.</summary>
    public WriteScope EnterWrite()
    {
        Interlocked.Increment(ref _waitingWriters);
        foreach (var stripe in _stripes)
            stripe.Enter();
        Interlocked.Decrement(ref _waitingWriters);
        return new WriteScope(_stripes);
    }

    /// <summary>Lets a writer that waits go first. For one who reads for long, in pieces, between two of them: one who
    /// takes the lock again at once has it before another who must first be woken.</summary>
    public void LetWriterIn()
    {
        var waiting = new SpinWait();
        while (Volatile.Read(ref _waitingWriters) > 0)
            waiting.SpinOnce();
    }

    /// <summary>Lets readers that wait go first, for one who writes for long, in pieces, between two of them.</summary>
    /// <remarks>Does not wait for those who keep coming: a reader that was let in may be back at once.</remarks>
    public void LetReadersIn()
    {
        LettingReadersIn?.Invoke();
        long started = Stopwatch.GetTimestamp();
        var waiting = new SpinWait();
        while (Volatile.Read(ref _waitingReaders) > 0 && Stopwatch.GetElapsedTime(started) < _longestWaitForReaders)
            waiting.SpinOnce(sleep1Threshold: -1);
    }

    private void WaitToRead(Lock stripe)
    {
        Interlocked.Increment(ref _waitingReaders);
        stripe.Enter();
        Interlocked.Decrement(ref _waitingReaders);
    }

    /// <summary>Ends a read.</summary>
    public readonly ref struct ReadScope
    {
        private readonly Lock _stripe;

        internal ReadScope(Lock stripe) => _stripe = stripe;

        /// <summary>Lets a writer in again.</summary>
        public void Dispose() => _stripe.Exit();
    }

    /// <summary>Ends a write.</summary>
    public readonly ref struct WriteScope
    {
        private readonly Lock[] _stripes;

        internal WriteScope(Lock[] stripes) => _stripes = stripes;

        /// <summary>Lets readers, and other writers, in again.</summary>
        public void Dispose()
        {
            foreach (var stripe in _stripes)
                stripe.Exit();
        }
    }
}
