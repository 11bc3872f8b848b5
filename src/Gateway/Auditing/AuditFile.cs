using System.Text;
using Microsoft.Extensions.Logging;

namespace Coordination.Gateway.Auditing;

/// <summary>The file that audit lines go to, each behind the time in UTC at which it was written.</summary>
/// <remarks>It is only ever appended to, and may be cut by whoever rotates it (<c>copytruncate</c>). Where it cannot be
/// written, the operator is told and the lines are lost.</remarks>
public sealed partial class AuditFile(FileStream file, TimeProvider time, ILogger<AuditFile> logger)
{
    /// <summary>Opens a file, for its owner's eyes only where it is made anew.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FileStream Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Appends lines.</summary>
    public void Write(IReadOnlyList<string> lines)
    {
        string now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);
        var text = new StringBuilder();
        foreach (string line in lines)
            text.Append(now).Append('\t').Append(line).Append('\n');
        try
        {
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            file.Flush();
        }
        catch (IOException e)
        {
            LogLost(e, lines.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit file cannot be written: {Count} lines are lost")]
    private partial void LogLost(Exception e, int count);
}
