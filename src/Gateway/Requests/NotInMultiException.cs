using Coordination.Protocol;

namespace Coordination.Gateway.Requests;

/// <summary>A multi has an operation that cannot be in one; the frame itself is in order.</summary>
internal sealed class NotInMultiException(OperationCode operation)
    : Exception($"operation {(int)operation} cannot be in a multi");
