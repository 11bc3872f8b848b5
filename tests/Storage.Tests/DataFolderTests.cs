using System.Diagnostics;
using Coordination.Engine.Checkpoint;
using Coordination.Storage.Sqlite;

namespace Coordination.Storage.Tests;

public sealed class DataFolderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private string Folder => _temp.File("data");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task AFolderIsMadeOnceAndOpenedAgain()
    {
        Guid incarnation;
        LogTail tail;
        await using (var folder = Open())
        {
            incarnation = folder.Log.Incarnation;
            tail = await folder.Log.AppendAsync(default, "one");
            Assert.Equal(2, (await folder.Checkpoint.LoadAsync()).Znodes.Count);
        }
        Assert.Equal(["checkpoint.db", "lock", "log.db"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
        await using (var folder = Open())
        {
            Assert.Equal(incarnation, folder.Log.Incarnation);
            Assert.Equal(tail, await folder.Log.ReadTailAsync(default));
            Assert.Equal(Folder, folder.Path);
        }
    }

    [Fact]
    public async Task AnEmptyFolderAndANewVolumeAreTaken()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "lost+found"));
        await using var folder = Open();
        await folder.Log.AppendAsync(default, "one");
    }

    [Fact]
    public async Task AFolderThatIsOpenIsRefused()
    {
        await using (Open())
            Refused("is in use by another process");
        await using (Open())
        {
        }
    }

    [Fact]
    public async Task AFolderThatAnotherProcessHasIsRefusedUntilItIsKilled()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using (Open())
        {
        }
        // Not forking, it becomes the cat that holds the lock, and is killed with it.
        using var other = Process.Start(new ProcessStartInfo("flock", ["--no-fork", Path.Combine(Folder, "lock"), "cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await other.StandardInput.WriteLineAsync("locked");
        Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());
        Refused("is in use by another process");

        other.Kill(entireProcessTree: true);
        await other.WaitForExitAsync();
        await using (Open())
        {
        }
    }

    [Fact]
    public void AForeignFolderIsRefusedAndLeftAsItIs()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "thesis.txt"), "years of work");
        RefusedUntouched("thesis.txt");
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    public async Task AFileOfAnotherKindIsRefusedAndLeftAsItIs(string name)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, name), new string('x', 5000));
        RefusedUntouched("is no SQLite file");

        using (Foreign(Path.Combine(_temp.Path, "foreign.db")))
        {
        }
        File.Copy(Path.Combine(_temp.Path, "foreign.db"), Path.Combine(Folder, name), overwrite: true);
        RefusedUntouched("belongs to another program");

        File.WriteAllBytes(Path.Combine(Folder, name), []);
        RefusedUntouched("is no SQLite file");
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    public async Task ANewerFormatIsRefusedAndLeftAsItIs(string name)
    {
        await using (Open())
        {
        }
        LogRows.Tamper(Path.Combine(Folder, name), "PRAGMA user_version = 99");
        RefusedUntouched("a newer version of this program");
    }

    [Fact]
    public async Task ATableThatIsNotAsItWasMadeIsRefused()
    {
        await using (Open())
        {
        }
        LogRows.Tamper(
            Path.Combine(Folder, "checkpoint.db"), "DROP TABLE session_answers", "CREATE TABLE session_answers (id, answers)");
        Assert.Contains("session_answers is missing or is not as it was made", Assert.Throws<LogCorruptException>(Open).Message);
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    public async Task AMissingFileIsRefusedAndNotMadeAnew(string name)
    {
        await using (var folder = Open())
            await folder.Log.AppendAsync(default, "one");
        File.Delete(Path.Combine(Folder, name));
        RefusedUntouched($"{name} is missing");
    }

    [Fact]
    public void RemindersWithoutALogAreRefusedAndNoLogIsMadeBesideThem()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, DataFolder.RemindersName), "reminders");
        RefusedUntouched("are missing, and reminders.db beside them needs them");
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    public async Task AFileThatIsCutOffIsRefusedAndLeftAsItIs(string name)
    {
        await using (var folder = Open())
            await folder.Log.AppendAsync(default, "one");
        using (var file = File.OpenWrite(Path.Combine(Folder, name)))
            file.SetLength(file.Length - SqliteDatabase.PageSize);
        string before = TempFolder.ContentOf(Folder);
        Assert.Contains($"{name} is damaged: it is cut off", Assert.Throws<LogCorruptException>(Open).Message);
        Assert.Equal(before, TempFolder.ContentOf(Folder));
    }

    [Theory]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    public async Task FilesOfTwoFoldersAreRefused(string name)
    {
        string other = _temp.File("other");
        await using (DataFolder.Open(other, Changes.Genesis, Genesis()))
        await using (Open())
        {
        }
        File.Copy(Path.Combine(other, name), Path.Combine(Folder, name), overwrite: true);
        RefusedUntouched("belongs to another log");
    }

    [Fact]
    public async Task ALogThatIsOlderThanItsCheckpointIsRefused()
    {
        await using (var folder = Open())
            await folder.Log.AppendAsync(default, "one");
        File.Copy(Path.Combine(Folder, "log.db"), _temp.File("older.db"));
        await using (var folder = Open())
        {
            var tail = await folder.Log.ReadTailAsync(default);
            await FoldAsync(folder, await folder.Log.AppendAsync(tail, "two"));
        }
        File.Copy(_temp.File("older.db"), Path.Combine(Folder, "log.db"), overwrite: true);
        RefusedUntouched("the log ends at position 1");
    }

    [Fact]
    public async Task ACheckpointThatIsOlderThanItsTrimmedLogIsRefused()
    {
        await using (var folder = Open())
            await folder.Log.AppendAsync(default, "one", "two", "three");
        File.Copy(Path.Combine(Folder, "checkpoint.db"), _temp.File("older.db"));
        await using (var folder = Open())
        {
            await FoldAsync(folder, await folder.Log.ReadTailAsync(default));
            await folder.Log.TrimAllAsync(3);
        }
        await using (Open())
        {
        }
        File.Copy(_temp.File("older.db"), Path.Combine(Folder, "checkpoint.db"), overwrite: true);
        RefusedUntouched("were trimmed off");
    }

    [Fact]
    public async Task ACheckpointOfAnotherHistoryIsRefused()
    {
        await using (var folder = Open())
        {
            var tail = await folder.Log.AppendAsync(default, "one");
            await FoldAsync(folder, tail with { Checksum = tail.Checksum + 1 });
        }
        RefusedUntouched("is not the one that was applied");
    }

    [Fact]
    public async Task WhatAKillLeftOfTheMakingIsMadeAnewOrToTheEnd()
    {
        await using (Open())
        {
        }
        string log = Path.Combine(Folder, "log.db"), checkpoint = Path.Combine(Folder, "checkpoint.db");

        // Killed between the two renames.
        File.Move(log, log + ".new");
        await using (var folder = Open())
            await folder.Log.AppendAsync(default, "one");

        // Killed before either, in the midst of writing.
        File.Delete(log);
        File.Move(checkpoint, checkpoint + ".new");
        File.WriteAllText(log + ".new", "half");
        File.WriteAllText(log + ".new-wal", "half");
        await using (var folder = Open())
            Assert.Equal(default, await folder.Log.ReadTailAsync(default));
        Assert.Equal(["checkpoint.db", "lock", "log.db"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void AFolderThatCannotBeIsRefused()
    {
        File.WriteAllText(_temp.File("file"), "");
        foreach (string path in new[] { _temp.File("file"), Path.Combine(_temp.File("file"), "below") })
        {
            var failure = Assert.Throws<DataFolderException>(() => DataFolder.Open(path, Changes.Genesis, Genesis()));
            Assert.Contains(path, failure.Message);
        }
        if (OperatingSystem.IsLinux())
            Assert.Throws<DataFolderException>(() => DataFolder.Open("/proc/coordination", Changes.Genesis, Genesis()));
    }

    [Fact]
    public async Task AReadOnlyFolderIsRefused()
    {
        // The superuser may write everywhere.
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return;
        await using (Open())
        {
        }
        File.SetUnixFileMode(Path.Combine(Folder, "log.db"), UnixFileMode.UserRead);
        Refused("log.db");
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Refused("");
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }

    private static IEnumerable<ZnodeChange> Genesis() => [Changes.Put("/"), Changes.Put("/zookeeper")];

    private static SqliteDatabase Foreign(string path)
    {
        var database = SqliteDatabase.Open(path, SqliteAccess.Create, cacheKilobytes: 64);
        database.Execute("CREATE TABLE address (name TEXT)");
        return database;
    }

    private static async Task FoldAsync(DataFolder folder, LogTail tail)
    {
        var delta = new CheckpointDelta
        {
            Base = Changes.Genesis,
            Target = Changes.Genesis with { Position = tail.Position, Zxid = tail.LastZxid, Checksum = tail.Checksum },
            Znodes = [],
            Sessions = new Dictionary<long, SessionRecord?>(),
            Counters = new Dictionary<string, long>(),
            SiloBatches = new Dictionary<Guid, long?>(),
        };
        Assert.True(await folder.Checkpoint.AdvanceAsync(delta, default));
        await folder.Checkpoint.FlushAsync(default);
    }

    private DataFolder Open() => DataFolder.Open(Folder, Changes.Genesis, Genesis());

    private void Refused(string reason)
    {
        var failure = Assert.Throws<DataFolderException>(Open);
        Assert.Contains(reason, failure.Message);
        Assert.Contains(Folder, failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private void RefusedUntouched(string reason)
    {
        string before = TempFolder.ContentOf(Folder);
        Refused(reason);
        Assert.Equal(before, TempFolder.ContentOf(Folder));
    }
}
