using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>A step that can be part of a multi or a multiRead as well.</summary>
internal interface IMultiPart
{
    MultiOperation ToMultiOperation(Side side);
}
