using System.Text;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Grains.Tests;

/// <summary>An outcome that was handed back to the silo that had handed the write over.</summary>
internal sealed record Outcome(
    ErrorCode Error, long Zxid, int FailedOperation, long FirstNumber, string[] Paths, Stat[] Stats)
{
    public static Outcome[] ReadAll(byte[] encoded)
    {
        var outcomes = new List<Outcome>();
        for (var reader = new JuteReader(encoded); reader.Remaining > 0;)
        {
            var outcome = OutcomeCodec.Read(ref reader);
            var results = outcome.Results.ToArray();
            outcomes.Add(new Outcome(
                outcome.Error, outcome.Zxid, outcome.FailedOperation, outcome.FirstNumber,
                Array.ConvertAll(results, result => Encoding.UTF8.GetString(result.Path.Span)),
                Array.ConvertAll(results, result => result.Stat)));
        }
        return [.. outcomes];
    }
}
