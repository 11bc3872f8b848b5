using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace Coordination.Testing;

/// <summary>A run of a program in another language, which is a client of the server under test.</summary>
/// <remarks>
/// What it writes to its standard output may be orders: the line "kill" asks for the server's death by SIGKILL and its start
/// on the same data, and the line "started" on its standard input tells that this is done; other orders are the test's.
/// </remarks>
public sealed class ClientProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private ClientProgram(ProcessStartInfo startInfo)
    {
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.UseShellExecute = false;
        _process = new Process { StartInfo = startInfo };
        _output.Capture(_process);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _lines.Writer.TryComplete();
            else
                _lines.Writer.TryWrite(line.Data);
        };
    }

    /// <summary>All that the program has written, both streams in the order of arrival.</summary>
    public string Output => _output.All;

    /// <summary>Runs a program to its end, and restarts the server whenever it asks for that.</summary>
    /// <param name="startInfo">The program and its arguments; its streams are redirected here.</param>
    /// <param name="package">The Debian package that the program comes in, for the message when it is missing.</param>
    /// <param name="longest">How long it may run before it is ended.</param>
    /// <param name="server">The server that it may have restarted; null where it may not.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="MissingProgramException">It is missing.</exception>
    /// <exception cref="InvalidOperationException">It exited with another code than 0.</exception>
    /// <exception cref="TimeoutException">It ran for longer than it may, and was ended.</exception>
    public static Task<string> RunAsync(
        ProcessStartInfo startInfo, string package, TimeSpan longest, SiloProcess? server = null) => RunAsync(
        startInfo, package, longest,
        async line =>
        {
            if (line != "kill" || server is null)
                return null;
            await server.KillAsync();
            await server.StartAgainAsync();
            return "started";
        });

    /// <summary>Runs a program to its end, and does what it orders.</summary>
    /// <param name="startInfo">The program and its arguments; its streams are redirected here.</param>
    /// <param name="package">The Debian package that the program comes in, for the message when it is missing.</param>
    /// <param name="longest">How long it may run before it is ended.</param>
    /// <param name="obey">Does what a line orders, and returns what tells that it is done; null where it orders nothing.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="MissingProgramException">It is missing.</exception>
    /// <exception cref="InvalidOperationException">It exited with another code than 0.</exception>
    /// <exception cref="TimeoutException">It ran for longer than it may, and was ended.</exception>
    public static async Task<string> RunAsync(
        ProcessStartInfo startInfo, string package, TimeSpan longest, Func<string, Task<string?>> obey)
    {
        await using var program = new ClientProgram(startInfo);
        try
        {
            program._process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new MissingProgramException(startInfo.FileName, package, exception);
        }

        ProcessesOfThisRun.Add(program._process);
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(longest);
        try
        {
            await program.ServeAsync(obey, timeout.Token);
            await program._process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Describe(startInfo)} still runs after {longest.TotalSeconds:0} s:\n{program.Output}");
        }

        if (program._process.ExitCode != 0)
            throw new InvalidOperationException($"{Describe(startInfo)} exited with {program._process.ExitCode}:\n{program.Output}");
        return program.Output;
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        ProcessesOfThisRun.Remove(_process);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Describe(ProcessStartInfo startInfo) =>
        string.Join(' ', [Path.GetFileName(startInfo.FileName), .. startInfo.ArgumentList.TakeLast(3)]);

    private async Task ServeAsync(Func<string, Task<string?>> obey, CancellationToken cancellationToken)
    {
        await foreach (string line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            if (await obey(line) is not { } answer)
                continue;
            try
            {
                await _process.StandardInput.WriteLineAsync(answer.AsMemory(), cancellationToken);
                await _process.StandardInput.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                // It has ended; its exit code tells how.
            }
        }
    }
}
