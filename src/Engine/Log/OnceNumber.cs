namespace Coordination.Engine.Log;

/// <summary>A client's own number of a write, under which it may send the write again: it is done once, and has its first
/// answer again.</summary>
/// <param name="Number">The number, from 1 and rising within the session; 0 for a write that has none.</param>
/// <param name="FirstOpen">The lowest number whose answer the client still waits for: no answer below is asked for again.</param>
public readonly record struct OnceNumber(long Number, long FirstOpen)
{
    /// <summary>How many numbers may be open at a time, this one among them.</summary>
    public const int MostOpen = 1024;

    /// <summary>Whether the write has a number.</summary>
    public bool IsGiven => Number != 0;

    /// <summary>Whether a client may send it: the numbers are positive, and this one is open.</summary>
    public bool IsValid => FirstOpen >= 1 && Number >= FirstOpen;

    /// <summary>Whether so many are open that this one can wait for no answer.</summary>
    internal bool IsTooFar => Number - FirstOpen >= MostOpen;
}
