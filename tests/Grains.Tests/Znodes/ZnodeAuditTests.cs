using System.Text;
using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Writing;
using Coordination.Protocol;

namespace Coordination.Grains.Tests.Znodes;

/// <summary>What an Orleans client writes is heard of as what a ZooKeeper client writes is.</summary>
public sealed class ZnodeAuditTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordedAudit _audit = new();
    private SiloInProcess _silo = null!;

    public async Task InitializeAsync() =>
        _silo = await SiloInProcess.StartAsync(_folder.Path, new SiloSettings { Audit = _audit });

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task EveryWriteIsHeardOfDoneOrRefusedAndNoReadIs()
    {
        var ticket = await _silo.OpenSessionAsync(7);
        var grain = _silo.Znode("/a");
        await grain.CreateAsync(new ZnodeCreation([1], CreateMode.Ephemeral), ticket);
        await grain.GetAsync(ticket);
        await grain.SetAsync([2], 0);
        await Assert.ThrowsAsync<ZnodeException>(() => grain.SetAsync([2], 7, ticket));
        await grain.SetAclAsync([Acl.Open]);
        await grain.DeleteAsync(-1, ticket);
        Assert.Equal(
            [
                "7 CreateOperation /a Ok", "0 SetDataOperation /a Ok", "7 SetDataOperation  BadVersion", "0 SetAclOperation /a Ok",
                "7 DeleteOperation /a Ok",
            ],
            _audit.Heard.Where(static line => !line.Contains("Session")));
    }

    private sealed class RecordedAudit : IWriteAudit
    {
        public List<string> Heard { get; } = [];

        public void Take(Caller caller, WriteOperation operation, in WriteOutcome outcome)
        {
            string path = outcome.Results.IsEmpty ? "" : Encoding.UTF8.GetString(outcome.Results[0].Path.Span);
            Heard.Add($"{caller.SessionId} {operation.GetType().Name} {path} {outcome.Error}");
        }
    }
}
