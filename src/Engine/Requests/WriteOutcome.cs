using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>What became of a write.</summary>
public readonly ref struct WriteOutcome
{
    /// <summary>Ok, or why nothing was done.</summary>
    public required ErrorCode Error { get; init; }

    /// <summary>The entry's zxid; of a refused write, the last zxid that its refusal rests on.</summary>
    public required long Zxid { get; init; }

    /// <summary>When a multi fails: which of its operations, from 0.</summary>
    public int FailedOperation { get; init; }

    /// <summary>What each change did, in order; checks are left out.</summary>
    public ReadOnlySpan<ChangeResult> Results { get; init; }

    /// <summary>Whether the write was judged before, and nothing was done now.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>For a block of numbers: the first of them.</summary>
    public long FirstNumber { get; init; }
}
