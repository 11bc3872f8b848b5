using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;
using Microsoft.Data.Sqlite;

namespace Coordination.Gateway.Tests.Options;

/// <summary>Folders that the silo must not use, and must not touch.</summary>
public sealed class DataFolderTests
{
    static DataFolderTests() => SQLitePCL.Batteries_V2.Init();

    [SiloFact(Timeout = 180_000)]
    public async Task Folder_with_something_else_in_it_is_refused_and_left_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.Combine("thesis.txt"), "the only copy");
        string line = await RefuseUntouchedAsync(directory.Path);
        Assert.Contains(directory.Path, line);
        Assert.Contains("thesis.txt", line);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Folder_of_ZooKeeper_is_refused_and_left_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.Combine("version-2"));
        await File.WriteAllTextAsync(directory.Combine("version-2/snapshot.0"), "ZKSN");
        Assert.Contains("version-2", await RefuseUntouchedAsync(directory.Path));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task File_in_the_place_of_the_folder_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Combine("file");
        await File.WriteAllTextAsync(file, "no folder");
        string line = await SiloCommand.ExpectRefusalAsync(Arguments(file));
        Assert.Contains(file, line);
        Assert.Equal("no folder", await File.ReadAllTextAsync(file));
    }

    [SiloFact(Timeout = 180_000)]
    [UnsupportedOSPlatform("windows")]
    public async Task Folder_that_cannot_be_written_to_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string folder = directory.Combine("read-only");
        if (Environment.IsPrivilegedProcess)
        {
            // Permissions stop everybody else; nobody can make a folder there.
            folder = "/proc/coordination";
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        string line = await SiloCommand.ExpectRefusalAsync(Arguments(folder));
        Assert.Contains(folder, line);
        if (Directory.Exists(folder))
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Folder_in_use_is_refused_and_its_user_goes_on()
    {
        await using var user = await SiloProcess.StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(user.ClientEndPoint);
        string line = await SiloCommand.ExpectRefusalAsync(Arguments(user.DataDirectory));
        Assert.Contains(user.DataDirectory, line);
        Assert.Contains("in use by another process", line);
        Assert.True((await client.CreateAsync("/unharmed", null)).IsOk);
        await client.CloseSessionAsync();
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("log.db")]
    [InlineData("checkpoint.db")]
    [InlineData("reminders.db")]
    public async Task Folder_of_a_newer_format_is_refused_and_left_as_it_is(string file)
    {
        using var directory = new TemporaryDirectory();
        await using (var silo = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = directory.Path }))
            Assert.Equal(0, await silo.TerminateAsync(RunningSilo.Soon));
        // Orleans keeps none there.
        if (!File.Exists(directory.Combine(file)) && file == "reminders.db")
            return;
        long before = await ReadUserVersionAsync(directory.Combine(file));
        await using (var connection = Open(directory.Combine(file)))
        {
            var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            await command.ExecuteNonQueryAsync();
            // Into the file itself, where the next who opens it looks first.
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
        }

        string line = await RefuseUntouchedAsync(directory.Path);
        Assert.Contains(file, line);
        Assert.Contains("format 99", line);
        Assert.Equal(99, await ReadUserVersionAsync(directory.Combine(file)));
        Assert.InRange(before, 1, 98);
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("log.db", 0)]
    [InlineData("log.db", 200)]
    [InlineData("checkpoint.db", 200)]
    [InlineData("reminders.db", 0)]
    [InlineData("reminders.db", 200)]
    public async Task Folder_with_a_file_that_was_written_over_is_refused_and_left_as_it_is(string file, int from)
    {
        using var directory = new TemporaryDirectory();
        await using (var silo = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = directory.Path }))
            Assert.Equal(0, await silo.TerminateAsync(RunningSilo.Soon));
        // Orleans keeps none there.
        if (!File.Exists(directory.Combine(file)) && file == "reminders.db")
            return;
        byte[] content = await File.ReadAllBytesAsync(directory.Combine(file));
        content.AsSpan(from).Fill(0x5a);
        await File.WriteAllBytesAsync(directory.Combine(file), content);
        string line = await RefuseUntouchedAsync(directory.Path);
        Assert.Contains(directory.Combine(file), line);
        Assert.Contains(from == 0 ? "no SQLite file" : "damaged", line);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Folder_with_a_log_that_was_cut_off_is_refused_and_left_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        await using (var silo = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = directory.Path }))
            Assert.Equal(0, await silo.TerminateAsync(RunningSilo.Soon));
        using (var log = File.OpenWrite(directory.Combine("log.db")))
            log.SetLength(4096);
        string line = await RefuseUntouchedAsync(directory.Path);
        Assert.Contains($"{directory.Combine("log.db")} is damaged: it is cut off", line);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Log_that_was_written_over_keeps_what_a_kill_left_beside_it()
    {
        using var directory = new TemporaryDirectory();
        await using (var silo = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = directory.Path }))
        {
            await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
            Assert.True((await client.CreateAsync("/kept", null)).IsOk);
            await silo.KillAsync();
        }

        string wal = directory.Combine("log.db-wal");
        byte[] before = await File.ReadAllBytesAsync(wal);
        Assert.NotEmpty(before);
        byte[] content = await File.ReadAllBytesAsync(directory.Combine("log.db"));
        content.AsSpan(200).Fill(0x5a);
        await File.WriteAllBytesAsync(directory.Combine("log.db"), content);
        string line = await SiloCommand.ExpectRefusalAsync(Arguments(directory.Path));
        Assert.Contains("log.db", line);
        Assert.Contains("damaged", line);
        Assert.Equal(before, await File.ReadAllBytesAsync(wal));
        Assert.Equal(content, await File.ReadAllBytesAsync(directory.Combine("log.db")));
    }

    [SiloTheory(Timeout = 180_000)]
    [InlineData("UPDATE znode SET data = x'00' WHERE path = '/zookeeper/extensions'", "/zookeeper/extensions")]
    [InlineData("DELETE FROM znode WHERE path = '/zookeeper/quota'", "the table znode")]
    public async Task Damaged_checkpoint_is_refused_and_left_as_it_is(string damage, string named)
    {
        using var directory = new TemporaryDirectory();
        await using (var silo = await SiloProcess.StartAsync(new SiloOptions { DataDirectory = directory.Path }))
            Assert.Equal(0, await silo.TerminateAsync(RunningSilo.Soon));
        await using (var connection = Open(directory.Combine("checkpoint.db")))
        {
            var command = connection.CreateCommand();
            command.CommandText = damage;
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        string line = await RefuseUntouchedAsync(directory.Path);
        Assert.Contains(directory.Combine("checkpoint.db"), line);
        Assert.Contains(named, line);
    }

    private static string[] Arguments(string folder) =>
    [
        "--client-port", FreePort.Take().ToString(CultureInfo.InvariantCulture), "--http-port", "0", "--data-dir", folder,
    ];

    private static async Task<string> RefuseUntouchedAsync(string folder)
    {
        var before = ReadAll(folder);
        string line = await SiloCommand.ExpectRefusalAsync(Arguments(folder));
        Assert.Equal(before, ReadAll(folder));
        return line;
    }

    private static List<(string Name, string Content, DateTime Written)> ReadAll(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            // A lock that is held and let go of again is no change.
            .Where(static path => Path.GetFileName(path) != "lock")
            .Select(static path => (
                path,
                File.Exists(path) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "",
                File.GetLastWriteTimeUtc(path))),
    ];

    private static SqliteConnection Open(string file)
    {
        // Not pooled: what is closed is to be closed.
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static async Task<long> ReadUserVersionAsync(string file)
    {
        await using var connection = Open(file);
        var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
