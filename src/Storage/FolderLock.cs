namespace Coordination.Storage;

/// <summary>The lock that keeps a data folder for one process.</summary>
internal sealed class FolderLock : IDisposable
{
    public const string Name = "lock";

    private const int ResourceTemporarilyUnavailableLinux = 11;
    private const int ResourceTemporarilyUnavailableMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Whether a folder has a lock file, held or not.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Takes the lock; nobody else has it until it is disposed of, or this process ends.</summary>
    /// <exception cref="DataFolderException">Another has it, or there can be no locks in this folder.</exception>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, Name);
        FileStream file;
        try
        {
            file = OpenExclusively(path);
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            throw new DataFolderException($"{folder} is in use by another process", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"{folder} cannot be written to: {failure.Message}", failure);
        }
        try
        {
            // Some network file systems grant every lock, and .NET can be told not to ask for any.
            OpenExclusively(path).Dispose();
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            return new FolderLock(file);
        }
        file.Dispose();
        throw new DataFolderException($"{folder} cannot be used as a data folder: files cannot be locked there");
    }

    public void Dispose() => _file.Dispose();

    private static FileStream OpenExclusively(string path) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    private static bool IsHeld(IOException failure) => failure.HResult is
        ResourceTemporarilyUnavailableLinux or ResourceTemporarilyUnavailableMac or SharingViolationWindows;
}
