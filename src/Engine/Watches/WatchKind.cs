namespace Coordination.Engine.Watches;

/// <summary>What a one-shot watch waits for.</summary>
public enum WatchKind
{
    /// <summary>The znode's coming, going, and change of data: set by exists and getData.</summary>
    Data,

    /// <summary>The znode's going and its children's coming and going: set by getChildren.</summary>
    Children,
}
