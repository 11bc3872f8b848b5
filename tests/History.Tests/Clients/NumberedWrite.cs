using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Clients;

/// <summary>A write that has a number in its session, each time that it was sent.</summary>
internal sealed record NumberedWrite(long Number, WriteRequest Request)
{
    public List<Task<Operation>> Sendings { get; } = [];

    /// <summary>Whether it was answered for good: a silo that fails says nothing of what comes next.</summary>
    public bool IsAnswered => Answers.Any(answer => !answer.IsTrouble);

    /// <summary>Whether it was refused: whoever sends it again then asks for another judgement.</summary>
    public bool IsRefused => Answers.Any(answer => !answer.IsTrouble && answer.Outcome != ErrorCode.Ok);

    private IEnumerable<Answer> Answers =>
        Sendings.Where(sending => sending.IsCompleted).Select(sending => sending.Result.Answer).OfType<Answer>();
}
