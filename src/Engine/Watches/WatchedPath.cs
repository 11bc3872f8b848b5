using System.Runtime.CompilerServices;

namespace Coordination.Engine.Watches;

/// <summary>A watch that somebody has set.</summary>
/// <param name="Kind">What it waits for.</param>
/// <param name="Path">The very array under which its <see cref="PathWatches"/> keeps the path. That has one for each
/// path, so it is told apart by reference: firing a path's watches does not hash the path for each of them.</param>
internal readonly record struct WatchedPath(WatchKind Kind, byte[] Path)
{
    public bool Equals(WatchedPath other) => ReferenceEquals(Path, other.Path) && Kind == other.Kind;

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Path) + (int)Kind;
}
