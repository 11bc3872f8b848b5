namespace Orleans;

/// <summary>Why a grain is deactivated.</summary>
/// <param name="code">The kind of reason.</param>
/// <param name="exception">What caused it, if an exception did.</param>
/// <param name="text">The reason in words.</param>
public readonly struct DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
{
    /// <summary>Creates a reason without an exception.</summary>
    /// <param name="code">The kind of reason.</param>
    /// <param name="text">The reason in words.</param>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <summary>Gets the reason in words.</summary>
    public string Description { get; } = text;

    /// <summary>Gets the kind of reason.</summary>
    public DeactivationReasonCode ReasonCode { get; } = code;

    /// <summary>Gets the exception that caused it, if any.</summary>
    public Exception? Exception { get; } = exception;

    /// <inheritdoc/>
    public override string ToString() =>
        Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description}. Exception: {Exception}";
}
