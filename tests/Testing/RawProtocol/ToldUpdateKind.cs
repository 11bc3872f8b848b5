namespace Coordination.Testing.RawProtocol;

/// <summary>What a <see cref="ToldUpdate"/> tells.</summary>
public enum ToldUpdateKind
{
    /// <summary>The log does not reach back: what happened up to its zxid is not told.</summary>
    HistoryLost = -1,

    /// <summary>All up to its zxid was told.</summary>
    Mark = 0,
    Created = 1,
    Deleted = 2,
    DataSet = 3,
    AclSet = 4,
}
