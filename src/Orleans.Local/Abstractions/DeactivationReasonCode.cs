namespace Orleans;

/// <summary>The kinds of reason to deactivate a grain. Some arise only in a cluster.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason is known.</summary>
    None,

    /// <summary>The process is shutting down.</summary>
    ShuttingDown,

    /// <summary>The grain could not be activated.</summary>
    ActivationFailed,

    /// <summary>The directory of grains failed.</summary>
    DirectoryFailure,

    /// <summary>The grain has been idle.</summary>
    ActivationIdle,

    /// <summary>The grain no longer responds.</summary>
    ActivationUnresponsive,

    /// <summary>There is another activation of the grain.</summary>
    DuplicateActivation,

    /// <summary>The grain got a request that it cannot serve here.</summary>
    IncompatibleRequest,

    /// <summary>The application failed.</summary>
    ApplicationError,

    /// <summary>The application asked for it.</summary>
    ApplicationRequested,

    /// <summary>The grain moves elsewhere.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>The process is short of memory.</summary>
    HighMemoryPressure,
}
