namespace Coordination.Testing.RawProtocol;

/// <summary>The modes of addWatch.</summary>
public enum AddWatchMode
{
    Persistent = 0,
    PersistentRecursive = 1,
}
