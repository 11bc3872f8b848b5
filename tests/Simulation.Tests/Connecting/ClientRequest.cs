using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Watches;

namespace Coordination.Simulation.Tests.Connecting;

/// <summary>A client's request.</summary>
internal sealed record ClientRequest
{
    /// <summary>The session's number of it.</summary>
    public required int Cxid { get; init; }

    public required RequestKind Kind { get; init; }

    /// <summary>What a read is of, or a write mainly about.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>Whether a read sets a watch.</summary>
    public bool Watches { get; init; }

    /// <summary>What a write is to do.</summary>
    public WriteOperation? Operation { get; init; }

    /// <summary>The client's number of a write that it may send again.</summary>
    public OnceNumber Once { get; init; }

    /// <summary>Whether it was sent before.</summary>
    public bool IsAgain { get; init; }

    /// <summary>What the client had seen last when it asked for its watches anew.</summary>
    public long RelativeZxid { get; init; }

    /// <summary>The watches that are to be set anew.</summary>
    public (RenewedWatch Kind, string Path)[] Renewals { get; init; } = [];

    /// <summary>The highest zxid that any client knew to be acknowledged when this was sent.</summary>
    public long Floor { get; init; }

    /// <summary>When it was sent.</summary>
    public TimeSpan SentAt { get; init; }

    public override string ToString()
    {
        string what = Operation?.GetType().Name ?? Kind.ToString();
        string number = Once.IsGiven ? $" as {Once.Number}{(IsAgain ? " again" : "")}" : "";
        return FormattableString.Invariant(
            $"{what} {Path}{(Watches ? " (watching)" : "")}{number} #{Cxid} of {SentAt.TotalMilliseconds} ms");
    }
}
