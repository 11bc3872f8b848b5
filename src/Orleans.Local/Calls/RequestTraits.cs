namespace Orleans.Calls;

/// <summary>What decides how an activation treats a request.</summary>
[Flags]
internal enum RequestTraits : byte
{
    None = 0,
    AlwaysInterleave = 1,
    ReadOnly = 2,
    OneWay = 4,

    /// <summary>It belongs to one activation: it is not counted against the bound and never goes to another.</summary>
    Local = 8,

    /// <summary>It does not count as activity.</summary>
    Idle = 16,
}
