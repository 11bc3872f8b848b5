namespace Orleans.Activations;

internal enum ActivationState : byte
{
    /// <summary>Nothing has happened yet.</summary>
    New,

    /// <summary>The grain is being constructed, or its OnActivateAsync runs.</summary>
    Activating,

    /// <summary>Requests run.</summary>
    Valid,

    /// <summary>No request is started any more; those under way go on.</summary>
    Deactivating,

    /// <summary>OnDeactivateAsync runs.</summary>
    Finishing,

    /// <summary>It takes no requests.</summary>
    Gone,
}
