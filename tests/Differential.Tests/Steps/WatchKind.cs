namespace Coordination.Differential.Tests.Generating;

internal enum WatchKind
{
    Standard,
    Persistent,
    PersistentRecursive,
}
