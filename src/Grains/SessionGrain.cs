using System.Security.Cryptography;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Orleans;
using Orleans.Runtime;

namespace Coordination.Grains;

/// <inheritdoc cref="ISessionGrain"/>
public sealed class SessionGrain(SiloWriter writer, Replica replica, SessionTracker tracker, SessionLimits limits)
    : Grain, ISessionGrain, IRemindable
{
    private const string Backstop = "backstop";

    private static readonly TimeSpan _backstopPeriod = TimeSpan.FromMinutes(1);

    private IGrainTimer? _backstopTimer;

    private long Id => this.GetPrimaryKeyLong();

    /// <inheritdoc/>
    public async Task<SessionTicket> OpenAsync(SessionOpening opening)
    {
        byte[] password = RandomNumberGenerator.GetBytes(ConnectResponse.PasswordLength);
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new OpenSessionOperation(Id, password, timeout, opening.Silo ?? replica.Identity));
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        RegisterBackstopLater();
        return new SessionTicket(Id, password, timeout, reply.Zxid, Identify(opening));
    }

    /// <inheritdoc/>
    public async Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening)
    {
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new AttachSessionOperation(Id, password, timeout, opening.Silo ?? replica.Identity));
        if (reply.Error == ErrorCode.SessionExpired)
            return null;
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        RegisterBackstopLater();
        return new SessionTicket(Id, password, timeout, reply.Zxid, Identify(opening));
    }

    /// <inheritdoc/>
    public Task<bool> PingAsync(long attachZxid)
    {
        if (tracker.Find(Id) is not { } session || session.AttachZxid != attachZxid)
            return Task.FromResult(false);
        session.Touch(tracker.Now);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public async Task CloseAsync(long attachZxid)
    {
        var reply = await WriteAsync(new CloseSessionOperation(Id, attachZxid));
        if (reply.Error is not (ErrorCode.Ok or ErrorCode.SessionExpired))
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        await EndAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> ExpireAsync(long attachZxid)
    {
        var reply = await WriteAsync(new CloseSessionOperation(Id, attachZxid));
        if (reply.Error == ErrorCode.SessionMoved)
            return false;
        if (reply.Error is not (ErrorCode.Ok or ErrorCode.SessionExpired))
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        await EndAsync();
        return true;
    }

    /// <summary>The backstop: where no silo answers for the session any more, this one does, with its full timeout.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        bool isOpen;
        using (replica.Lock.EnterRead())
        {
            isOpen = replica.State.Sessions.TryGetValue(Id, out var session);
            if (isOpen && tracker.Find(Id) is null && session!.Silo == replica.Identity)
                tracker.Adopt(session);
        }
        if (!isOpen)
            await EndAsync();
    }

    private Task<WriteReply> WriteAsync(WriteOperation operation) => writer.WriteAsync(Caller.Service, operation);

    private static Identity[] Identify(SessionOpening opening) => [.. (opening.Credentials ?? []).Select(Identify)];

    private static Identity Identify(Credential credential) => credential.Scheme == AuthenticationScheme.Digest
        ? DigestIdentity.FromCredentials(credential.Data)
        : throw new ZnodeException(ErrorCode.AuthFailed, credential.Scheme);

    // Most sessions that are opened for one operation are closed long before a minute has passed: they cost no reminder.
    private void RegisterBackstopLater() => _backstopTimer ??= this.RegisterGrainTimer(
        async _ =>
        {
            await this.RegisterOrUpdateReminder(Backstop, _backstopPeriod, _backstopPeriod);
            _backstopTimer?.Dispose();
        },
        new GrainTimerCreationOptions { DueTime = _backstopPeriod, Period = Timeout.InfiniteTimeSpan });

    private async Task EndAsync()
    {
        _backstopTimer?.Dispose();
        if (await this.GetReminder(Backstop) is { } reminder)
            await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }
}
