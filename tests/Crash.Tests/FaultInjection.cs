using System.ComponentModel;
using System.Diagnostics;
using Coordination.Testing;

namespace Coordination.Crash.Tests;

/// <summary>A disk that fails under the log of a server that runs with <see cref="Environment"/>.</summary>
internal sealed class FaultInjection : IDisposable
{
    private const int InputOutputError = 5;
    private const int NoSpaceLeft = 28;
    private const int All = -1;

    // The silo's log.db with its companions; and the log of ZooKeeper, for trying the tests on it.
    private const string LogFilePrefix = "log.";

    private readonly TemporaryDirectory _directory = new();

    private FaultInjection()
    {
    }

    /// <summary>What a server needs in its environment to be subject to the faults.</summary>
    internal IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAULTS_CONTROL"] = ControlFile,
        ["FAULTS_PREFIX"] = LogFilePrefix,
    };

    /// <summary>How many calls have failed so far.</summary>
    internal int Hits => File.Exists(ControlFile + ".hits") ? File.ReadAllLines(ControlFile + ".hits").Length : 0;

    /// <summary>Whether a process has the faults between it and its log.</summary>
    internal bool IsLoaded => File.Exists(ControlFile + ".loaded");

    private string Library => _directory.Combine("faults.so");

    private string ControlFile => _directory.Combine("control");

    internal static async Task<FaultInjection> CompileAsync()
    {
        var faults = new FaultInjection();
        try
        {
            string source = Path.Combine(RepositoryRoot.Path, "tests", "Crash.Tests", "faults.c");
            using var compiler = Process.Start(new ProcessStartInfo(
                "gcc", ["-Wall", "-Wextra", "-O2", "-shared", "-fPIC", "-o", faults.Library, source, "-ldl"])
            {
                RedirectStandardError = true,
            })!;
            string messages = await compiler.StandardError.ReadToEndAsync();
            await compiler.WaitForExitAsync();
            Assert.True(compiler.ExitCode == 0, $"gcc does not compile {source}:\n{messages}");
            return faults;
        }
        catch (Win32Exception exception)
        {
            faults.Dispose();
            throw new MissingProgramException("gcc", "gcc libc6-dev", exception);
        }
    }

    /// <summary>From now on there is no space left for the log.</summary>
    internal void FillDisk() => Control($"write {NoSpaceLeft} {All}");

    /// <summary>From now on the log cannot be flushed.</summary>
    internal void FailFlushes(int count = All) => Control($"flush {InputOutputError} {count}");

    /// <summary>From now on the disk is well again.</summary>
    internal void Heal() => File.Delete(ControlFile);

    public void Dispose() => _directory.Dispose();

    private void Control(string text)
    {
        // The server reads the file at any moment, and half of it would be another fault.
        string written = _directory.Combine("control.new");
        File.WriteAllText(written, text);
        File.Move(written, ControlFile, overwrite: true);
    }
}
