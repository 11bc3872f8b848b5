using Coordination.Engine;
using Coordination.Engine.Tests.Checks;

namespace Coordination.Simulation.Tests.Checking;

/// <summary>Tells in what two states differ.</summary>
internal static class StateDifference
{
    private const int MostLines = 20;

    /// <summary>The lines that only one of them has.</summary>
    public static string Of(CoordinationState expected, CoordinationState actual)
    {
        string[] before = StateText.Of(expected, []).Split('\n');
        string[] after = StateText.Of(actual, []).Split('\n');
        return string.Join(
            '\n',
            before.Except(after).Select(line => $"log:  {line}").Concat(after.Except(before).Select(line => $"silo: {line}"))
                .Take(MostLines));
    }
}
