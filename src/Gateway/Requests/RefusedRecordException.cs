namespace Coordination.Gateway.Requests;

/// <summary>The bytes are a record, but one that ZooKeeper cannot make sense of: it answers MARSHALLINGERROR and goes on.</summary>
internal sealed class RefusedRecordException(string message) : Exception(message);
