using System.Globalization;
using Coordination.Gateway.Tests.Options;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Security;

/// <summary>The audit log, as ZooKeeper writes it.</summary>
public sealed class AuditTests
{
    [SiloFact(Timeout = 180_000)]
    public async Task Every_write_done_or_refused_is_a_line_and_a_read_is_none()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Combine("audit.log");
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--audit-enable", "true", "--audit-file", file] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.AuthenticateAsync("digest", "bob\n:secret");
        await client.CreateAsync("/a b", [1]);
        await client.CreateAsync("/a b", [1]);
        await client.CreateAsync("/s-", null, CreateMode.EphemeralSequential);
        await client.SetDataAsync("/a b", [1]);
        await client.SetDataAsync("/a b", [1], 7);
        await client.SetAclAsync("/a b", [new(Permissions.All, "world", "anyone"), new(Permissions.Read, "ip", "10.0.0.0/8")]);
        await client.GetDataAsync("/a b");
        await client.DeleteAsync("/none");
        await client.DeleteAsync("/a b");
        await client.MultiAsync(
            MultiOperation.Create("/m", null), MultiOperation.Check("/m", 0), MultiOperation.SetData("/m", [1]),
            MultiOperation.Delete("/m"));
        await client.MultiAsync(MultiOperation.Create("/m", null), MultiOperation.Delete("/none"));
        await client.CreateAsync("/x\ny", null);
        string session = string.Create(CultureInfo.InvariantCulture, $"session=0x{client.SessionId:x}");
        Assert.Equal(0, await silo.TerminateAsync(TimeSpan.FromSeconds(60)));

        string who = $"{session}\tuser=127.0.0.1,bob\\u000a\tip=127.0.0.1\t";
        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.All(lines, static line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t", line));
        Assert.Equal(
            [
                $"user={Environment.UserName}\toperation=serverStart\tresult=success",
                $"{who}operation=create\tznode=/a b\tznode_type=persistent\tresult=success",
                $"{who}operation=create\tznode=/a b\tznode_type=persistent\tresult=failure",
                $"{who}operation=create\tznode=/s-0000000001\tznode_type=ephemeral_sequential\tresult=success",
                $"{who}operation=setData\tznode=/a b\tresult=success",
                $"{who}operation=setData\tznode=/a b\tresult=failure",
                $"{who}operation=setAcl\tznode=/a b\tacl=world:anyone:cdrwa,ip:10.0.0.0/8:r\tresult=success",
                $"{who}operation=delete\tznode=/none\tresult=failure",
                $"{who}operation=delete\tznode=/a b\tresult=success",
                $"{who}operation=create\tznode=/m\tznode_type=persistent\tresult=success",
                $"{who}operation=setData\tznode=/m\tresult=success",
                $"{who}operation=delete\tznode=/m\tresult=success",
                $"{who}operation=multiOperation\tresult=failure",
                $"{who}operation=create\tznode=/x\\u000ay\tznode_type=persistent\tresult=failure",
                $"user={Environment.UserName}\toperation=serverStop\tresult=invoked",
            ],
            lines.Select(static line => line[(line.IndexOf('\t') + 1)..]));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task What_goes_with_its_session_is_told_of_in_the_servers_name()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Combine("audit.log");
        await using var silo = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--audit-enable", "true", "--audit-file", file] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/stays", null);
        await client.CreateAsync("/stays/b", null, CreateMode.Ephemeral);
        await client.CreateAsync("/a", null, CreateMode.Ephemeral);
        await client.CloseSessionAsync();
        Assert.Equal(0, await silo.TerminateAsync(TimeSpan.FromSeconds(60)));

        string who = string.Create(
            CultureInfo.InvariantCulture, $"session=0x{client.SessionId:x}\tuser={Environment.UserName}\t");
        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(
            [
                $"{who}operation=ephemeralZNodeDeletionOnSessionCloseOrExpire\tznode=/a\tresult=success",
                $"{who}operation=ephemeralZNodeDeletionOnSessionCloseOrExpire\tznode=/stays/b\tresult=success",
            ],
            lines[4..^1].Select(static line => line[(line.IndexOf('\t') + 1)..]));
    }

    [SiloFact(Timeout = 180_000)]
    public async Task Without_a_file_the_lines_are_in_the_log()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloOptions { Arguments = ["--audit-enable", "true"] });
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/told", null);
        Assert.Equal(0, await silo.TerminateAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("audit[", silo.Output);
        Assert.Contains("operation=create\tznode=/told\tznode_type=persistent\tresult=success", silo.Output);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task It_is_off_unless_asked_for()
    {
        await using var silo = await SiloProcess.StartAsync();
        await using var client = await RawZooKeeperClient.ConnectAsync(silo.ClientEndPoint);
        await client.CreateAsync("/untold", null);
        Assert.Equal(0, await silo.TerminateAsync(TimeSpan.FromSeconds(60)));
        Assert.DoesNotContain("operation=", silo.Output);
    }

    [SiloFact(Timeout = 180_000)]
    public async Task File_that_cannot_be_written_is_one_line_and_no_silo()
    {
        using var directory = new TemporaryDirectory();
        string line = await SiloCommand.ExpectRefusalAsync(
            ["--audit-enable", "true", "--audit-file", "missing/audit.log"], directory.Path);
        Assert.Contains("--audit-file is missing/audit.log, which cannot be written", line);
    }
}
