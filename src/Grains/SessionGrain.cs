using Coordination.Grains.Messages;
using Coordination.Grains.Sessions;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Placement;
using Orleans.Runtime;

namespace Coordination.Grains;

/// <inheritdoc cref="ISessionGrain"/>
/// <remarks>Best on the silo that its client is connected to, which is the first to call it.</remarks>
[PreferLocalPlacement]
public sealed partial class SessionGrain(
    SessionWriter writer, SessionTracker tracker, SessionBackstop backstop, SessionLimits limits, ILogger<SessionGrain> logger)
    : Grain, ISessionGrain, IRemindable
{
    private const string Backstop = "backstop";

    private IGrainTimer? _backstopTimer;

    private long Id => this.GetPrimaryKeyLong();

    /// <inheritdoc/>
    public async Task<SessionTicket> OpenAsync(SessionOpening opening)
    {
        var ticket = await writer.OpenAsync(Id, opening);
        RegisterBackstopLater();
        return ticket;
    }

    /// <inheritdoc/>
    public async Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening)
    {
        var ticket = await writer.AttachAsync(Id, password, opening);
        if (ticket is not null)
            RegisterBackstopLater();
        return ticket;
    }

    /// <inheritdoc/>
    public Task<bool> PingAsync(long attachZxid)
    {
        long now = tracker.Now;
        // Not even that the session is gone: the others may have it, and close it, by now.
        if (!tracker.MayServe(now))
            throw new ZnodeException(ErrorCode.ConnectionLoss, $"session 0x{Id:x}");
        if (tracker.Find(Id) is not { } session || session.AttachZxid != attachZxid || !backstop.IsOnlyWatcher(Id))
            return Task.FromResult(false);
        session.Touch(now);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public async Task CloseAsync(long attachZxid)
    {
        if (!await writer.CloseAsync(Id, attachZxid))
            throw new ZnodeException(ErrorCode.SessionMoved, $"session 0x{Id:x}");
        await EndAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> ExpireAsync(long attachZxid)
    {
        if (!await writer.CloseAsync(Id, attachZxid))
            return false;
        await EndAsync();
        return true;
    }

    /// <summary>The backstop: where no silo answers for the session any more, this one does, with its full timeout.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (!await backstop.LookAfterAsync(Id))
            await EndAsync();
    }

    // Most sessions that are opened for one operation are closed long before that period has passed: they cost no reminder.
    // Where it cannot be registered it is tried again.
    private void RegisterBackstopLater() => _backstopTimer ??= this.RegisterGrainTimer(
        async _ =>
        {
            await this.RegisterOrUpdateReminder(Backstop, limits.BackstopPeriod, limits.BackstopPeriod);
            _backstopTimer?.Dispose();
        },
        new GrainTimerCreationOptions { DueTime = limits.BackstopPeriod, Period = limits.BackstopPeriod });

    private async Task EndAsync()
    {
        _backstopTimer?.Dispose();
        try
        {
            if (await this.GetReminder(Backstop) is { } reminder)
                await this.UnregisterReminder(reminder);
        }
        catch (Exception e)
        {
            // Whatever those who keep reminders throw: the session is closed, and its client is told so.
            LogReminderKept(e, Id);
        }
        DeactivateOnIdle();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reminder of session 0x{Id:x}, which is closed, is left to end itself")]
    private partial void LogReminderKept(Exception e, long id);
}
