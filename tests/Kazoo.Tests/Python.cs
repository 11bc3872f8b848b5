using System.ComponentModel;
using System.Diagnostics;

namespace Coordination.Kazoo.Tests;

/// <summary>The Python that Debian's python3-kazoo is installed for; the first on the path may be another.</summary>
internal static class Python
{
    private const string Executable = "/usr/bin/python3";

    private static readonly Lazy<Task> s_kazooIsThere = new(RequireKazooAsync);

    internal static string ScenariosDirectory { get; } =
        Path.Combine(Testing.RepositoryRoot.Path, "tests", "Kazoo.Tests", "scenarios");

    /// <summary>Describes the run of a script that can import kazoo and the scenarios' own modules.</summary>
    /// <exception cref="Testing.MissingProgramException">kazoo is missing.</exception>
    internal static async Task<ProcessStartInfo> StartInfoAsync(params IEnumerable<string> arguments)
    {
        await s_kazooIsThere.Value;
        return Describe(arguments);
    }

    private static ProcessStartInfo Describe(IEnumerable<string> arguments)
    {
        var startInfo = new ProcessStartInfo(Executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        startInfo.Environment["PYTHONPATH"] = ScenariosDirectory;
        startInfo.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        startInfo.Environment["PYTHONIOENCODING"] = "utf-8";
        return startInfo;
    }

    private static async Task RequireKazooAsync()
    {
        const string Packages = "python3-kazoo python3-pure-sasl";
        Process process;
        try
        {
            process = Process.Start(Describe(["-c", "import kazoo.client, puresasl"]))!;
        }
        catch (Win32Exception exception)
        {
            throw new Testing.MissingProgramException(Executable, Packages, exception);
        }

        using (process)
        {
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new Testing.MissingProgramException($"kazoo or puresasl ({error.TrimEnd().Split('\n')[^1]})", Packages);
        }
    }
}
