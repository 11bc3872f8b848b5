namespace Coordination.Storage.Tests;

/// <summary>A folder of its own for one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("coordination-storage-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Every file in the folder with its content, to see that nothing was touched.</summary>
    public static string ContentOf(string folder) => string.Join(
        '\n',
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Order()
            .Select(path => Directory.Exists(path)
                ? path
                : $"{path} {Convert.ToHexString(System.IO.File.ReadAllBytes(path))}"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
