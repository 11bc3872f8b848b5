namespace Coordination.Testing;

/// <summary>The folder of the solution that the running test was built from.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Coordination.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Coordination.sln in {AppContext.BaseDirectory} or above it");
    }
}
