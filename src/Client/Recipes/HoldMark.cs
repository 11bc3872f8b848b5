using System.Globalization;

namespace Coordination.Client.Recipes;

/// <summary>A persistent znode beside that of a holder, which says for how long nobody may follow where the holder is
/// lost.</summary>
/// <remarks>
/// It is made when the lock is, and deleted with the holder's znode in one transaction: so where it is there and the holder is
/// not, the holder was lost. All that it says is in its name, <c>held-GUID-MILLISECONDSx</c>, with the GUID of the holder's
/// name and an s in place of the x for one who reads, since contenders have the list of names at hand. The name has no number
/// at its end, and stands behind all that have one: so it is no contender, neither here nor in Curator.
/// </remarks>
/// <param name="Name">Its name.</param>
/// <param name="Holder">What the name of the holder's znode begins with.</param>
/// <param name="Delay">For how long nobody may follow.</param>
/// <param name="IsShared">Whether those may who share the lock.</param>
internal readonly record struct HoldMark(string Name, string Holder, TimeSpan Delay, bool IsShared)
{
    private const string Prefix = "held-";
    private const char Exclusive = 'x';
    private const char Shared = 's';

    /// <summary>The longest lock-delay.</summary>
    internal static TimeSpan Longest { get; } = TimeSpan.FromHours(1);

    /// <summary>The mark for a holder.</summary>
    /// <param name="holder">The name of the holder's znode.</param>
    /// <param name="delay">The lock-delay.</param>
    /// <param name="isShared">Whether the holder shares the lock.</param>
    internal static HoldMark For(string holder, TimeSpan delay, bool isShared)
    {
        string mark = SequentialName.MarkOf(holder);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{SequentialName.GuidOf(mark)}-{(long)delay.TotalMilliseconds}{(isShared ? Shared : Exclusive)}");
        return new HoldMark(name, mark, delay, isShared);
    }

    /// <summary>Reads a name.</summary>
    /// <returns>False where it is something else.</returns>
    internal static bool TryParse(string name, out HoldMark mark)
    {
        mark = default;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || name[^1] is not (Exclusive or Shared))
            return false;
        int dash = name.LastIndexOf('-');
        if (!Guid.TryParseExact(name.AsSpan(Prefix.Length, Math.Max(0, dash - Prefix.Length)), "d", out var guid)
            || !long.TryParse(name.AsSpan(dash + 1)[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
            || milliseconds > Longest.TotalMilliseconds)
        {
            return false;
        }
        mark = new HoldMark(name, SequentialName.MarkWith(guid), TimeSpan.FromMilliseconds(milliseconds), name[^1] == Shared);
        return true;
    }

    /// <summary>Checks a lock-delay that somebody has asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than an hour.</exception>
    internal static TimeSpan Check(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, Longest);
        return delay;
    }
}
