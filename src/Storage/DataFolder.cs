using Coordination.Engine.Checkpoint;
using Coordination.Storage.Sqlite;

namespace Coordination.Storage;

/// <summary>A folder with a log and its checkpoint, which one process at a time has to itself.</summary>
/// <remarks>The log is <c>log.db</c>, the checkpoint <c>checkpoint.db</c>: two SQLite files, so that neither waits for
/// the other. The file <c>lock</c> is held for as long as the folder is open, and stays when it is not; the operating
/// system lets go of it when the process ends, however it ends. Whoever runs the grains may keep their reminders beside
/// them, in <see cref="RemindersName"/>; what is in it is not known here.</remarks>
public sealed class DataFolder : IDataStore
{
    /// <summary>The name of the file with the grains' reminders.</summary>
    public const string RemindersName = "reminders.db";

    private const string NewSuffix = ".new";

    private readonly FolderLock _lock;
    private readonly SqliteLog _log;
    private readonly SqliteCheckpoint _checkpoint;

    private DataFolder(string path, FolderLock held, SqliteLog log, SqliteCheckpoint checkpoint)
    {
        Path = path;
        _lock = held;
        _log = log;
        _checkpoint = checkpoint;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public string Description => Path;

    /// <inheritdoc/>
    public ILog Log => _log;

    /// <inheritdoc/>
    public ICheckpoint Checkpoint => _checkpoint;

    /// <inheritdoc/>
    public ILogNotices Notices => NoNotices.Instance;

    /// <inheritdoc/>
    public ValueTask<StoreFigures> MeasureAsync(CancellationToken cancellationToken)
    {
        long size = new DirectoryInfo(Path).EnumerateFiles().Sum(static file => file.Length);
        var checkpoint = new FileInfo(System.IO.Path.Combine(Path, CheckpointFile.Name));
        return ValueTask.FromResult(new StoreFigures(size, size, checkpoint.LastWriteTimeUtc));
    }

    /// <summary>Opens a data folder; makes it where there is none, or an empty one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="genesis">What a new checkpoint is a picture of: the beginning of the log.</param>
    /// <param name="znodes">The rows of a new checkpoint, as <see cref="ZnodeChangeKind.Put"/>.</param>
    /// <exception cref="DataFolderException">The folder holds something else, is of a newer format, is in use by another
    /// process or cannot be written to, or its files do not belong together. Nothing was changed in it.</exception>
    /// <exception cref="LogCorruptException">A file in it is damaged. No row was changed.</exception>
    /// <exception cref="LogUnavailableException">The disk is full.</exception>
    public static DataFolder Open(string path, CheckpointState genesis, IEnumerable<ZnodeChange> znodes)
    {
        path = System.IO.Path.GetFullPath(path);
        var files = new Files(path);
        try
        {
            MakeFolder(path);
            // Before the lock is made, which a foreign folder should not get; a folder that has it, we may be using.
            if (!FolderLock.IsIn(path))
                files.CheckOurs();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"{path} cannot be used as a data folder: {failure.Message}", failure);
        }

        var held = FolderLock.Take(path);
        try
        {
            files.CheckOurs();
            Complete(files, genesis, znodes);
            return OpenFiles(files, held);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw new DataFolderException($"{path} cannot be used as a data folder: {failure.Message}", failure);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Closes both files, then lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkpoint.DisposeAsync();
        await _log.DisposeAsync();
        _lock.Dispose();
    }

    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path);
        if (System.IO.Path.GetDirectoryName(path) is { } parent)
            FolderSync.Flush(parent);
    }

    /// <summary>Makes the two files, or ends what an earlier process that was killed meanwhile had begun.</summary>
    /// <remarks>Both are made whole under another name, then renamed, the log last. So a folder with a log was made to
    /// the end, and whatever is missing in it was lost.</remarks>
    private static void Complete(Files files, CheckpointState genesis, IEnumerable<ZnodeChange> znodes)
    {
        if (File.Exists(files.Log))
        {
            if (!File.Exists(files.Checkpoint))
                throw new DataFolderException($"{files.Checkpoint} is missing, and the log beside it needs it");
            return;
        }
        if (File.Exists(files.Checkpoint))
        {
            if (!IsHalfMade(files))
                throw new DataFolderException($"{files.Log} is missing, and the checkpoint beside it needs it");
        }
        else
        {
            foreach (string left in Directory.EnumerateFiles(files.Folder, $"*{NewSuffix}*"))
                File.Delete(left);
            var incarnation = Guid.NewGuid();
            SqliteLog.Create(files.NewLog, incarnation);
            SqliteCheckpoint.Create(files.NewCheckpoint, incarnation, genesis, znodes);
            File.Move(files.NewCheckpoint, files.Checkpoint);
        }
        FolderSync.Flush(files.Folder);
        File.Move(files.NewLog, files.Log);
        FolderSync.Flush(files.Folder);
    }

    private static bool IsHalfMade(Files files)
    {
        if (!File.Exists(files.NewLog))
            return false;
        LogFile.Format.CheckHeader(files.NewLog);
        using var log = new LogReader(SqliteDatabase.Open(files.NewLog, SqliteAccess.Read, cacheKilobytes: 64));
        using var checkpoint = new CheckpointReader(
            SqliteDatabase.Open(files.Checkpoint, SqliteAccess.Read, cacheKilobytes: 64));
        return log.ReadState().Incarnation == checkpoint.ReadState().Incarnation;
    }

    private static DataFolder OpenFiles(Files files, FolderLock held)
    {
        SqliteLog? log = null;
        SqliteCheckpoint? checkpoint = null;
        try
        {
            log = SqliteLog.Open(files.Log);
            checkpoint = SqliteCheckpoint.Open(files.Checkpoint);
            if (log.Incarnation != checkpoint.Incarnation)
                throw new DataFolderException($"{files.Checkpoint} belongs to another log than {files.Log}");
            var state = checkpoint.ReadState();
            log.CheckPrefix(new LogTail(state.Position, state.Zxid, state.Checksum));
            log.TakeOver();
            return new DataFolder(files.Folder, held, log, checkpoint);
        }
        catch (Exception failure)
        {
            checkpoint?.Abandon(failure);
            log?.Abandon(failure);
            if (failure is LogHistoryChangedException)
            {
                throw new DataFolderException(
                    $"{files.Checkpoint} does not belong to {files.Log}, as when one is an older copy: {failure.Message}",
                    failure);
            }
            throw;
        }
    }

    /// <summary>What may be in a data folder.</summary>
    private sealed class Files(string folder)
    {
        public string Folder => folder;

        public string Log { get; } = System.IO.Path.Combine(folder, LogFile.Name);

        public string Checkpoint { get; } = System.IO.Path.Combine(folder, CheckpointFile.Name);

        public string NewLog => Log + NewSuffix;

        public string NewCheckpoint => Checkpoint + NewSuffix;

        /// <summary>Checks that the folder is a data folder of a format that we know, or empty, or half made.</summary>
        public void CheckOurs()
        {
            bool hasLog = File.Exists(Log);
            bool hasCheckpoint = File.Exists(Checkpoint);
            if (hasLog)
                LogFile.Format.CheckHeader(Log);
            if (hasCheckpoint)
                CheckpointFile.Format.CheckHeader(Checkpoint);
            if (hasLog || hasCheckpoint)
                return;
            foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
            {
                string name = System.IO.Path.GetFileName(entry);
                if (name == RemindersName)
                    throw new DataFolderException($"{Log} and {Checkpoint} are missing, and {name} beside them needs them");
                // A volume of its own has lost+found from the beginning.
                if (name is not (FolderLock.Name or "lost+found")
                    && !name.StartsWith(LogFile.Name + NewSuffix, StringComparison.Ordinal)
                    && !name.StartsWith(CheckpointFile.Name + NewSuffix, StringComparison.Ordinal))
                {
                    throw new DataFolderException(
                        $"{folder} is not a data folder of a coordination service, and not empty: it has {name}");
                }
            }
        }
    }
}
