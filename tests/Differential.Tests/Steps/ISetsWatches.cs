namespace Coordination.Differential.Tests.Steps;

/// <summary>A step that sets watches, or may.</summary>
internal interface ISetsWatches
{
    IEnumerable<(string Path, WatchKind Kind)> Watches();
}
