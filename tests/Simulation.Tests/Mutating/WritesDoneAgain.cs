using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Mutating;

/// <summary>A silo that does a numbered write once more when it is sent again.</summary>
internal sealed class WritesDoneAgain : Mutations
{
    public override OnceNumber NumberOf(ClientRequest request, long session, CoordinationState state) =>
        request.Once.IsGiven && state.FindAnswer(session, request.Once.Number, request.Operation!, []) == ErrorCode.Ok
            ? default
            : request.Once;
}
