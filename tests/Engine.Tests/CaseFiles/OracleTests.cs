using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Servers;
using Xunit.Abstractions;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>The same cases put to an Apache ZooKeeper 3.8.0, where COORDINATION_TEST_ORACLE names its start script.</summary>
/// <remarks>A server for each case, since a case may look at the root: a minute or more in all.</remarks>
public sealed class OracleTests(ITestOutputHelper output)
{
    private const string ScriptVariable = "COORDINATION_TEST_ORACLE";
    private const int RandomLength = 120;
    private const string OnlyVariable = "COORDINATION_TEST_ORACLE_CASES";

    [Fact]
    public void ZooKeeper_answers_as_the_cases_say()
    {
        if (Environment.GetEnvironmentVariable(ScriptVariable) is not { Length: > 0 } script)
            return;
        string only = Environment.GetEnvironmentVariable(OnlyVariable) ?? "";
        var failures = new List<string>();
        int count = 0;
        foreach (var ((file, name), one) in CaseTests.Cases)
        {
            if (!one.IsForAnyServer || !$"{file}: {name}".Contains(only, StringComparison.OrdinalIgnoreCase))
                continue;
            count++;
            if (Run(one, script) is not { } difference)
                continue;
            failures.Add($"== {file}: {name}\n{difference}");
            Console.Error.WriteLine(failures[^1]);
        }
        output.WriteLine($"{count} cases put to {script}");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    /// <summary>Cases that nobody wrote, put to both servers.</summary>
    [Fact]
    public void ZooKeeper_and_the_engine_answer_random_cases_alike()
    {
        if (Environment.GetEnvironmentVariable(ScriptVariable) is not { Length: > 0 } script)
            return;
        int seed = Effort.Seed(output);
        for (int run = 0; run < Effort.Times(20); run++)
        {
            var one = new RandomCase(new Random(seed + run)).Generate(RandomLength);
            using var engine = new CaseRun(start => new EngineServer(start));
            using var zooKeeper = new CaseRun(_ => new ZooKeeperServer(script));
            var comparison = new OracleComparison();
            var history = new List<string>();
            foreach (var block in one.Blocks)
            {
                history.Add($"{block.Commands[0].Line}{string.Concat(block.Commands[0].Operations.Select(o => "\n  " + o.Line))}");
                comparison.Add(Sorted(block, engine.Run(block)), Sorted(block, zooKeeper.Run(block)));
                Assert.True(
                    comparison.Difference is null, $"seed {seed + run}\n{string.Join('\n', history)}\n{comparison.Difference}");
            }
            engine.Check();
        }
    }

    // The order in which a session's ephemerals go is nobody's promise.
    private static IReadOnlyList<string> Sorted(CaseBlock block, IReadOnlyList<string> lines) =>
        block.Commands[0].Verb == "close" ? [.. lines.Order(StringComparer.Ordinal)] : lines;

    private static string? Run(Case one, string script)
    {
        using var run = new CaseRun(_ => new ZooKeeperServer(script));
        var comparison = new OracleComparison();
        foreach (var block in one.Blocks)
        {
            try
            {
                comparison.Add(block.Expected, run.Run(block));
            }
            catch (Exception e) when (e is IOException or Xunit.Sdk.XunitException)
            {
                return $"{block.Commands[0].Line}\n  {e.Message}";
            }
        }
        return comparison.Difference;
    }
}
