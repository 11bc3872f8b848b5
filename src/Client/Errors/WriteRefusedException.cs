namespace Coordination.Client;

/// <summary>The server refused the write, so it was not done. The answer that said why was lost with the connection.</summary>
/// <remarks>Asking for the same again shows why, if it is still so. A <see cref="ConnectionLossException"/>, whose handlers
/// do just that as a rule.</remarks>
/// <param name="operation">What was asked for.</param>
/// <param name="path">The znode's path; null where the request has none.</param>
public sealed class WriteRefusedException(string operation, string? path)
    : ConnectionLossException(operation, path, RequestOutcome.Refused);
