namespace Coordination.Protocol;

/// <summary>What every request after the connect request starts with.</summary>
/// <param name="Xid">The client's count of its requests, or a <see cref="ReservedXid"/>.</param>
/// <param name="Operation">What is asked for; may be a code that no server knows.</param>
public readonly record struct RequestHeader(int Xid, OperationCode Operation)
{
    /// <summary>Decodes a header.</summary>
    /// <exception cref="MalformedRecordException">The record is shorter than a header.</exception>
    public static RequestHeader Read(ref JuteReader reader) => new(reader.ReadInt(), (OperationCode)reader.ReadInt());
}
