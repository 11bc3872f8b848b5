namespace Coordination.Gateway;

/// <summary>Counts something that happens; any thread may count.</summary>
public sealed class Counter
{
    private long _value;

    /// <summary>How often it has happened.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>It happens.</summary>
    public void Count() => Interlocked.Increment(ref _value);

    /// <summary>Begins at 0 again.</summary>
    internal void Reset() => Volatile.Write(ref _value, 0);
}
