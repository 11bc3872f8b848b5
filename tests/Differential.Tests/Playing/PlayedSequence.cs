using System.Globalization;
using System.Text;
using Coordination.Differential.Tests.Comparing;

namespace Coordination.Differential.Tests.Playing;

/// <summary>A sequence that was played, up to its first unwanted difference.</summary>
/// <param name="Steps">What was played.</param>
/// <param name="Difference">What differed at the last of the steps; null for nothing.</param>
internal sealed record PlayedSequence(IReadOnlyList<PlayedStep> Steps, string? Difference)
{
    /// <summary>Both sides, to be read.</summary>
    public string Transcript()
    {
        var text = new StringBuilder();
        foreach (var (step, ours, theirs) in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"session {step.Session}: {step}\n");
            for (int session = 0; session < ours.Sessions.Length; session++)
            {
                Append(text, session, "silo     ", ours.Sessions[session]);
                Append(text, session, "zookeeper", theirs.Sessions[session]);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, int session, string server, IReadOnlyList<Item> items)
    {
        foreach (var item in items)
            text.Append(CultureInfo.InvariantCulture, $"    {session} {server} {item.Shown}\n");
    }
}
