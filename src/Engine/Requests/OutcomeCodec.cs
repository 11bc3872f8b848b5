using Coordination.Protocol;

namespace Coordination.Engine.Requests;

/// <summary>The binary form in which the writer tells another silo what became of its requests.</summary>
public static class OutcomeCodec
{
    private const int LeastResultLength = 4 + Stat.EncodedLength;

    /// <summary>Encodes an outcome.</summary>
    public static void Write(JuteBuffer buffer, in WriteOutcome outcome)
    {
        buffer.WriteInt((int)outcome.Error);
        buffer.WriteLong(outcome.Zxid);
        buffer.WriteInt(outcome.FailedOperation);
        buffer.WriteLong(outcome.FirstNumber);
        buffer.WriteInt(outcome.Results.Length);
        foreach (var result in outcome.Results)
        {
            buffer.WriteBuffer(result.Path.Span);
            result.Stat.Write(buffer);
        }
    }

    /// <summary>Decodes what <see cref="Write"/> encoded.</summary>
    /// <exception cref="MalformedRecordException">The bytes are no outcome.</exception>
    public static WriteOutcome Read(ref JuteReader reader)
    {
        var error = (ErrorCode)reader.ReadInt();
        long zxid = reader.ReadLong();
        int failedOperation = reader.ReadInt();
        long firstNumber = reader.ReadLong();
        var results = new ChangeResult[reader.ReadCount(LeastResultLength)];
        foreach (ref var result in results.AsSpan())
            result = new ChangeResult(reader.ReadUtf8().ToArray(), Stat.Read(ref reader));
        return new WriteOutcome
        {
            Error = error,
            Zxid = zxid,
            FailedOperation = failedOperation,
            FirstNumber = firstNumber,
            Results = results,
        };
    }
}
