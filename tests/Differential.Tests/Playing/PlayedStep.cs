using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Playing;

/// <summary>A step with what both servers made of it.</summary>
internal sealed record PlayedStep(Step Step, Received Ours, Received Theirs);
