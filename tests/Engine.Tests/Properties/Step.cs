using Coordination.Engine.Requests;

namespace Coordination.Engine.Tests.Properties;

/// <summary>One step of a random history.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Session">Whose doing it is: the number of a session.</param>
/// <param name="IsStale">Whether it comes over the session's connection before the last.</param>
/// <param name="Operation">What is written.</param>
/// <param name="Back">Null for a write without a number; otherwise how far its number is below the next.</param>
/// <param name="Open">How far the lowest number that is open is below that of the write.</param>
internal sealed record Step(
    StepKind Kind, int Session = 0, bool IsStale = false, WriteOperation? Operation = null, int? Back = null, int Open = 0)
{
    public override string ToString()
    {
        string stale = IsStale ? " stale" : "";
        string operation = Operation is null ? "" : " " + OperationText.Of(Operation);
        string number = Back is { } back ? $" once {-back} {-Open}" : "";
        return $"{Kind} {Session}{stale}{operation}{number}\n";
    }
}
