namespace Coordination.Client;

/// <summary>The numbers under which a session's writes are sent, so that they can be sent again.</summary>
/// <remarks>Numbers are given, and asked for, under the client's gate; any thread may say that one is answered.</remarks>
internal sealed class NumberedWrites
{
    /// <summary>How many may be open at a time: no more than the servers keep answers for.</summary>
    internal const int MostOpen = 1024;

    // A quarter of what the servers keep, so that what one write more may be answered with has room.
    private const long MostBytes = 2 << 20;

    private readonly bool[] _isOpen = new bool[MostOpen];
    private long _last;
    private long _firstOpen = 1;
    private long _bytes;

    /// <summary>Whether another write may have a number.</summary>
    internal bool HasRoom => _last + 1 - FirstOpen < MostOpen && Volatile.Read(ref _bytes) < MostBytes;

    /// <summary>The lowest number that is not answered; the next to be given where all are.</summary>
    internal long FirstOpen
    {
        get
        {
            while (_firstOpen <= _last && !Volatile.Read(ref _isOpen[_firstOpen & (MostOpen - 1)]))
                _firstOpen++;
            return _firstOpen;
        }
    }

    /// <summary>Gives the next number.</summary>
    /// <param name="answerBytes">About how many bytes the answer takes.</param>
    internal long Open(int answerBytes)
    {
        Interlocked.Add(ref _bytes, answerBytes);
        Volatile.Write(ref _isOpen[++_last & (MostOpen - 1)], true);
        return _last;
    }

    /// <summary>Nobody waits for an answer any more.</summary>
    internal void Close(long number, int answerBytes)
    {
        Volatile.Write(ref _isOpen[number & (MostOpen - 1)], false);
        Interlocked.Add(ref _bytes, -answerBytes);
    }
}
