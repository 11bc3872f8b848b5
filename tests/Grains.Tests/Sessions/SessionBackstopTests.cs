using Coordination.Engine.Requests;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Protocol;
using Coordination.Testing;

namespace Coordination.Grains.Tests.Sessions;

/// <summary>A session's reminder sees to it that some silo answers for it.</summary>
public sealed class SessionBackstopTests : IAsyncLifetime
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private SiloInProcess _silo = null!;

    public Task InitializeAsync() => StartAsync(adopts: true);

    public async Task DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ASessionThatIsSoonClosedCostsNoReminder()
    {
        var ticket = await _silo.OpenSessionAsync(1);
        _time.Advance(_period / 2);
        Assert.Equal(0, _silo.CountReminders());
        await _silo.Session(1).CloseAsync(ticket.AttachZxid);
        _time.Advance(_period * 2);
        await Task.Delay(Patience.Short);
        Assert.Equal(0, _silo.CountReminders());
    }

    [Fact]
    public async Task OneThatStaysHasAReminderUntilItIsClosed()
    {
        var ticket = await _silo.OpenSessionAsync(1);
        await _silo.OpenSessionAsync(2);
        await PassUntilAsync(reminders: 2);
        ticket = (await _silo.Session(1).AttachAsync(ticket.Password, new SessionOpening(5_000)))!;
        _time.Advance(_period * 3);
        await Task.Delay(Patience.Short);
        Assert.Equal(2, _silo.CountReminders());

        await _silo.Session(1).CloseAsync(ticket.AttachZxid);
        Assert.Equal(1, _silo.CountReminders());
        Assert.True(await _silo.Session(2).ExpireAsync(_silo.Replica.State.Sessions[2].AttachZxid));
        Assert.Equal(0, _silo.CountReminders());
    }

    [Fact]
    public async Task TheReminderOfASessionThatWasClosedWithoutItsGrainEndsItself()
    {
        await _silo.OpenSessionAsync(1);
        await PassUntilAsync(reminders: 1);
        await _silo.Writer.WriteAsync(Caller.Service, new CloseSessionOperation(1, null));
        await PassUntilAsync(reminders: 0);
    }

    [Fact]
    public async Task TheReminderHasTheNextSiloAnswerForASessionThatNobodyAnswersFor()
    {
        var ticket = await _silo.OpenSessionAsync(1, 10_000);
        await _silo.Znode("/e").CreateAsync(new ZnodeCreation([], CreateMode.Ephemeral), ticket);
        await PassUntilAsync(reminders: 1);
        await RestartAsync(adopts: false);
        Assert.Null(_silo.Tracker.Find(1));
        Assert.Equal(1, _silo.CountReminders());

        _time.Advance(_period);
        await Patience.UntilAsync(() => _silo.Tracker.Find(1) is not null, "the session is adopted");
        Assert.Equal(ticket.AttachZxid, _silo.Tracker.Find(1)!.AttachZxid);
        // With its full timeout: it ends at the first tick after that.
        int ticks = 0;
        for (; _silo.Tracker.Turn().Count == 0; ticks++)
            _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(6, ticks);
        Assert.True(await _silo.Session(1).ExpireAsync(ticket.AttachZxid));
        Assert.Equal(0, _silo.CountReminders());
        Assert.Null(await _silo.Znode("/e").ExistsAsync());
    }

    [Fact]
    public async Task TheReminderLeavesASessionAloneThatSomebodyAnswersFor()
    {
        var ticket = await _silo.OpenSessionAsync(1, 10_000);
        await PassUntilAsync(reminders: 1);
        await RestartAsync(adopts: true);
        var connection = new Connection { IsOwedAnAnswer = true };
        Assert.NotNull(_silo.Tracker.Bind(1, ticket.AttachZxid, connection));
        for (int i = 0; i < 5; i++)
        {
            _time.Advance(_period);
            await Task.Delay(Patience.Short);
            Assert.Empty(_silo.Tracker.Turn());
        }
        Assert.Equal((0, 0), (connection.Moved, connection.Closed));
        Assert.Equal(1, _silo.CountReminders());
    }

    private async Task PassUntilAsync(int reminders)
    {
        _time.Advance(_period);
        await Patience.UntilAsync(() => _silo.CountReminders() == reminders, $"there are {reminders} reminders");
    }

    private async Task StartAsync(bool adopts) => _silo = await SiloInProcess.StartAsync(
        _folder.Path, new SiloSettings { Time = _time, BackstopPeriod = _period, AdoptsSessions = adopts });

    private async Task RestartAsync(bool adopts)
    {
        await _silo.DisposeAsync();
        await StartAsync(adopts);
    }
}
