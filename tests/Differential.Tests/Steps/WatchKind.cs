namespace Coordination.Differential.Tests.Steps;

internal enum WatchKind
{
    Standard,
    Persistent,
    PersistentRecursive,
}
