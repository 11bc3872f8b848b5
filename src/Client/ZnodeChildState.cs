namespace Coordination.Client;

/// <summary>How what is told of a child stands to the zxid of its list.</summary>
public enum ZnodeChildState
{
    /// <summary>Its data is that of the zxid.</summary>
    AsOfZxid,

    /// <summary>Its data was set since, and what is told is later.</summary>
    SetSince,

    /// <summary>It was deleted since.</summary>
    DeletedSince,

    /// <summary>It may not be read.</summary>
    NotReadable,
}
