namespace Coordination.Silo.Options;

/// <summary>An option cannot be used; the message is for the operator.</summary>
internal sealed class OptionException(string message) : Exception(message);
