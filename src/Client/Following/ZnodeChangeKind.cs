namespace Coordination.Client;

/// <summary>What a <see cref="ZnodeChange"/> tells.</summary>
public enum ZnodeChangeKind
{
    /// <summary>What happened up to its zxid is not known any more: read anew what you watch. All that comes after it will be
    /// told.</summary>
    HistoryLost = -1,

    /// <summary>The znode was created.</summary>
    Created = 1,

    /// <summary>The znode was deleted.</summary>
    Deleted = 2,

    /// <summary>Its data was set.</summary>
    DataSet = 3,

    /// <summary>Its ACL was set.</summary>
    AclSet = 4,
}
