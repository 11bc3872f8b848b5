using System.Runtime.InteropServices;

namespace Coordination.Storage;

/// <summary>Makes the names in a folder durable, for which .NET has no call.</summary>
internal static class FolderSync
{
    /// <exception cref="IOException">The folder could not be synced.</exception>
    public static void Flush(string folder)
    {
        // Windows writes a rename through by itself, and opens no folder to sync it.
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(folder, 0);
        if (descriptor < 0)
            throw Failure(folder);
        try
        {
            if (Sync(descriptor) != 0)
                throw Failure(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder) =>
        new($"{folder} could not be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
