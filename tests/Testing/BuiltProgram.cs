using System.Diagnostics;

namespace Coordination.Testing;

/// <summary>A program of this repository, as it was built with the tests.</summary>
public static class BuiltProgram
{
    /// <summary>What starts it, its arguments to be added.</summary>
    /// <param name="project">The project's folder, from the root of the repository.</param>
    /// <param name="assembly">The assembly's name.</param>
    public static ProcessStartInfo StartInfo(string project, string assembly) => StartInfo(Find(project, assembly));

    /// <summary>What starts the program of an assembly, its arguments to be added.</summary>
    public static ProcessStartInfo StartInfo(string file)
    {
        // The one that runs the tests, where there are several.
        string? dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        var startInfo = new ProcessStartInfo(string.IsNullOrEmpty(dotnet) ? "dotnet" : dotnet);
        startInfo.ArgumentList.Add(file);
        return startInfo;
    }

    private static string Find(string project, string assembly)
    {
        // <project>/bin/[packages/]<Configuration>/<framework>/: a Release test must not run a Debug program that is there
        // too, nor one of the other flavour.
        string folder = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        string built = Path.GetRelativePath(BinAbove(folder), folder);
        string file = Path.Combine(RepositoryRoot.Path, project, "bin", built, assembly + ".dll");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException(
                $"{file} is missing. Build {project} first, in the configuration and flavour of the tests");
        }

        return file;
    }

    private static string BinAbove(string folder)
    {
        var bin = new DirectoryInfo(folder);
        while (bin.Name != "bin")
            bin = bin.Parent ?? throw new InvalidOperationException($"no folder bin above {folder}");
        return bin.FullName;
    }
}
