using System.Security.Cryptography;
using Coordination.Engine.Requests;
using Coordination.Engine.Security;
using Coordination.Grains.Cluster;
using Coordination.Grains.Messages;
using Coordination.Grains.Replication;
using Coordination.Grains.Sessions;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Orleans;
using Orleans.Runtime;

namespace Coordination.Grains;

/// <inheritdoc cref="ISessionGrain"/>
public sealed class SessionGrain(
    SiloWriter writer, Replica replica, SessionTracker tracker, SessionLimits limits, Ensemble ensemble)
    : Grain, ISessionGrain, IRemindable
{
    private const string Backstop = "backstop";

    private IGrainTimer? _backstopTimer;

    private long Id => this.GetPrimaryKeyLong();

    /// <inheritdoc/>
    public async Task<SessionTicket> OpenAsync(SessionOpening opening)
    {
        if (Id == 0)
            throw new ZnodeException(ErrorCode.BadArguments, "session 0x0");
        // Before the session is there, or taken from another: whoever cannot prove who he is gets nothing.
        var identities = Identify(opening);
        byte[] password = RandomNumberGenerator.GetBytes(ConnectResponse.PasswordLength);
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new OpenSessionOperation(Id, password, timeout, opening.Silo ?? replica.Identity));
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        RegisterBackstopLater();
        return new SessionTicket(Id, password, timeout, reply.Zxid, identities);
    }

    /// <inheritdoc/>
    public async Task<SessionTicket?> AttachAsync(byte[] password, SessionOpening opening)
    {
        var identities = Identify(opening);
        int timeout = limits.Clamp(opening.TimeoutMilliseconds);
        var reply = await WriteAsync(
            new AttachSessionOperation(Id, password, timeout, opening.Silo ?? replica.Identity));
        if (reply.Error == ErrorCode.SessionExpired)
            return null;
        if (reply.Error != ErrorCode.Ok)
            throw new ZnodeException(reply.Error, $"session 0x{Id:x}");
        RegisterBackstopLater();
        return new SessionTicket(Id, password, timeout, reply.Zxid, identities);
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
            // One that has its log to itself knows that whatever other life of a silo the session is attached to is over.
            // Of several, each answers for the sessions of those that it has seen die, and needs no backstop.
            if (isOpen && ensemble.IsAlone && tracker.Find(Id) is null)
                tracker.Adopt(session!);
        }
        if (!isOpen)
            await EndAsync();
    }

    private Task<WriteReply> WriteAsync(WriteOperation operation) => writer.WriteAsync(Caller.Service, operation);

    private static Identity[] Identify(SessionOpening opening) => [.. (opening.Credentials ?? []).Select(Identify)];

    private static Identity Identify(Credential credential) => credential.Scheme == AuthenticationScheme.Digest
        ? DigestIdentity.FromCredentials(credential.Data)
        : throw new ZnodeException(ErrorCode.AuthFailed, credential.Scheme);

    // Most sessions that are opened for one operation are closed long before that period has passed: they cost no reminder.
    private void RegisterBackstopLater() => _backstopTimer ??= this.RegisterGrainTimer(
        async _ =>
        {
            await this.RegisterOrUpdateReminder(Backstop, limits.BackstopPeriod, limits.BackstopPeriod);
            _backstopTimer?.Dispose();
        },
        new GrainTimerCreationOptions { DueTime = limits.BackstopPeriod, Period = Timeout.InfiniteTimeSpan });

    private async Task EndAsync()
    {
        _backstopTimer?.Dispose();
        if (await this.GetReminder(Backstop) is { } reminder)
            await this.UnregisterReminder(reminder);
        DeactivateOnIdle();
    }
}
