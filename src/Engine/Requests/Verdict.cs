using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>What the validation of a write came to.</summary>
/// <param name="Error">Ok when an entry was made, or is not needed.</param>
/// <param name="FailedOperation">When a multi fails: which of its operations, from 0.</param>
/// <param name="Zxid">The entry's zxid; otherwise the last zxid that the verdict rests on.</param>
/// <param name="HasEntry">Whether an entry was made.</param>
/// <param name="FirstNumber">For a block of numbers: the first of them.</param>
/// <param name="IsRepeat">Whether the write was judged before, under its number: what is given is the answer of then.</param>
public readonly record struct Verdict(
    ErrorCode Error, int FailedOperation, long Zxid, bool HasEntry, long FirstNumber = 0, bool IsRepeat = false);
