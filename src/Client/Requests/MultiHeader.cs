using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>What stands before each part of a multi and its results.</summary>
/// <param name="Operation">The operation, or that of its result.</param>
/// <param name="IsDone">Whether this is behind the last part.</param>
/// <param name="Error">The outcome; -1 in a request.</param>
internal readonly record struct MultiHeader(OperationCode Operation, bool IsDone, int Error)
{
    /// <summary>What stands behind the last part.</summary>
    internal static MultiHeader End { get; } = new(OperationCode.Error, IsDone: true, -1);

    internal static MultiHeader Read(ref JuteReader reader) =>
        new((OperationCode)reader.ReadInt(), reader.ReadBool(), reader.ReadInt());

    internal void Write(JuteBuffer buffer)
    {
        buffer.WriteInt((int)Operation);
        buffer.WriteBool(IsDone);
        buffer.WriteInt(Error);
    }
}
