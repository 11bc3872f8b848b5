using System.Runtime.InteropServices;

namespace Coordination.Testing;

/// <summary>The signals that .NET's own Process cannot send.</summary>
internal static class UnixSignal
{
    internal const int Interrupt = 2;
    internal const int Quit = 3;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;

    internal static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException(
                $"kill({processId}, {signal}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
