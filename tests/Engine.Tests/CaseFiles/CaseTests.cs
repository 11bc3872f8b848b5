using Coordination.Engine.Tests.Servers;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>The cases of Cases/*.txt, each one test.</summary>
public sealed class CaseTests
{
    private static readonly Lazy<Dictionary<(string, string), Case>> s_cases = new(() => CaseFolder.Files()
        .SelectMany(file => file.Cases.Select(one => ((NameOf(file), one.Name), one)))
        .ToDictionary(pair => pair.Item1, pair => pair.one));

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var (file, name) in s_cases.Value.Keys)
                all.Add(file, name);
            return all;
        }
    }

    internal static IReadOnlyDictionary<(string File, string Name), Case> Cases => s_cases.Value;

    [Theory]
    [MemberData(nameof(All))]
    public void Engine_answers_as_the_case_says(string file, string name)
    {
        if (CaseFolder.IsRewriting)
            return;
        using var run = new CaseRun(start => new EngineServer(start));
        foreach (var block in s_cases.Value[(file, name)].Blocks)
            Assert.Equal(string.Join('\n', block.Expected), string.Join('\n', run.Run(block)));
        run.Check();
    }

    /// <summary>With COORDINATION_REWRITE_CASES=1: what the engine answers becomes what the files expect.</summary>
    [Fact]
    public void Rewriting_keeps_all_but_the_answers()
    {
        foreach (var file in CaseFolder.Files())
        {
            string before = File.ReadAllText(file.Path);
            var given = new Dictionary<CaseBlock, IReadOnlyList<string>>(ReferenceEqualityComparer.Instance);
            foreach (var one in file.Cases)
            {
                using var run = new CaseRun(start => new EngineServer(start));
                foreach (var block in one.Blocks)
                    given.Add(block, CaseFolder.IsRewriting ? run.Run(block) : block.Expected);
                run.Check();
            }
            file.Rewrite(given);
            if (!CaseFolder.IsRewriting)
                Assert.Equal(before, File.ReadAllText(file.Path));
        }
    }

    private static string NameOf(CaseFile file) => Path.GetFileNameWithoutExtension(file.Path);
}
