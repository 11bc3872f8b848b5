namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Where the cases are: in the repository when they are rewritten, otherwise beside the tests.</summary>
internal static class CaseFolder
{
    private const string RewriteVariable = "COORDINATION_REWRITE_CASES";

    public static bool IsRewriting => Environment.GetEnvironmentVariable(RewriteVariable) is { Length: > 0 };

    public static IEnumerable<CaseFile> Files() =>
        Directory.GetFiles(IsRewriting ? Source() : Path.Combine(AppContext.BaseDirectory, "Cases"), "*.txt")
            .Order(StringComparer.Ordinal).Select(CaseFile.Read);

    private static string Source()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Coordination.Engine.Tests.csproj")))
                return Path.Combine(folder.FullName, "Cases");
        }
        throw new DirectoryNotFoundException("the tests do not run below their project");
    }
}
