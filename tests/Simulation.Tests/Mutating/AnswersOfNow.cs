using Coordination.Engine;
using Coordination.Engine.Requests;
using Coordination.Simulation.Tests.Checking;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that tells of a znode as it is now, where a client asks for what its write did.</summary>
internal sealed class AnswersOfNow : Mutations
{
    public override string AnswerAgain(string answer, CoordinationState state, WriteRequest write) =>
        write.Operation is SetDataOperation set && state.Tree.Find(set.Path) is { } node
            ? WriteText.Of(set, [new ChangeResult(set.Path, node.Stat)])
            : answer;
}
