using System.Globalization;

namespace Coordination.Client;

/// <summary>One operation of a transaction cannot be done, so none was.</summary>
/// <param name="index">Which one, counted from 0.</param>
/// <param name="reason">Why, as the operation would have failed by itself.</param>
public sealed class TransactionFailedException(int index, CoordinationException reason) : CoordinationException(
    reason.Code, string.Create(CultureInfo.InvariantCulture, $"{reason.Operation} (operation {index} of a multi)"), reason.Path,
    reason.Expected, reason.Found, reason)
{
    /// <summary>Which operation it is, counted from 0.</summary>
    public int Index { get; } = index;

    /// <summary>Why it cannot be done, as it would have failed by itself.</summary>
    public CoordinationException Reason { get; } = reason;
}
