using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Recording;

/// <summary>What a client was answered.</summary>
/// <param name="Error">The header's error.</param>
/// <param name="Zxid">The header's zxid: that of a write, or of the state that a read was made of.</param>
/// <param name="Arrival">The frame's place among all that its connection brought.</param>
internal sealed record Answer(ErrorCode Error, long Zxid, long Arrival)
{
    public string? Path { get; init; }

    public byte[]? Data { get; init; }

    public Stat? Stat { get; init; }

    public IReadOnlyList<string>? Children { get; init; }

    public IReadOnlyList<AclEntry>? Acl { get; init; }

    /// <summary>Of a multi, or a multiRead.</summary>
    public IReadOnlyList<MultiResult>? Results { get; init; }

    /// <summary>What went wrong, in a multi with the part that failed; Ok where nothing did.</summary>
    public ErrorCode Outcome => Error != ErrorCode.Ok || FailedPart is not { } failed ? Error : Results![failed].Error;

    /// <summary>The part of a multi that failed: between those that were undone and those that were not tried.</summary>
    public int? FailedPart
    {
        get
        {
            for (int part = 0; part < (Results?.Count ?? 0); part++)
            {
                if (Results![part].Error is not (ErrorCode.Ok or ErrorCode.RuntimeInconsistency))
                    return part;
            }
            return null;
        }
    }

    /// <summary>Whether the request was refused, or failed, for what has nothing to do with the znodes.</summary>
    public bool IsTrouble => Outcome is ErrorCode.SessionExpired or ErrorCode.SessionMoved or ErrorCode.ConnectionLoss
        or ErrorCode.SystemError or ErrorCode.OperationTimeout;

    public static Answer Of<T>(Reply<T> reply) => new(reply.Error, reply.Zxid, reply.Arrival);

    public static Answer Of<T>(Reply<T> reply, Func<Answer, T, Answer> withValue) =>
        reply.IsOk ? withValue(Of(reply), reply.Value) : Of(reply);

    public override string ToString() => $"{Outcome} at 0x{Zxid:x}{(Path is null ? "" : $" {Path}")}";
}
