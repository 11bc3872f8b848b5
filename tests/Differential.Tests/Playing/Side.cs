using System.Globalization;
using Coordination.Differential.Tests.Comparing;
using Coordination.Differential.Tests.Generating;
using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;
using IPEndPoint = System.Net.IPEndPoint;

namespace Coordination.Differential.Tests.Playing;

/// <summary>One server's side of a sequence.</summary>
internal sealed class Side(IPEndPoint server, string root) : IAsyncDisposable
{
    public const int Sessions = 3;

    /// <summary>The longest that a server grants with its default tick: nothing expires while a machine is busy.</summary>
    public const int SessionTimeoutMilliseconds = 40_000;

    public static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(60);

    private readonly SessionSlot[] _slots = [.. Enumerable.Range(0, Sessions).Select(_ => new SessionSlot())];
    private readonly List<long> _sessionIds = [];
    private readonly List<long> _writeZxids = [];
    private readonly List<long> _stepZxids = [];

    public async Task<Received> PlayAsync(Step step)
    {
        _stepZxids.Clear();
        await step.PlayAsync(this);
        // Notifications come before any later reply on their connection: behind these, none is still to come.
        if (step.MayTellOthers)
            await PingAllAsync();
        foreach (var slot in _slots)
        {
            slot.TakeNotifications(Short);
            if (slot.Client is not null && !slot.IsConnected)
                await slot.DetachAsync(Short);
        }

        return new Received([.. _slots.Select(slot => slot.Take())], [.. _stepZxids]);
    }

    public string Full(string path) => path switch
    {
        PathSource.Null => null!,
        _ when path.StartsWith('~') => root + path[1..],
        _ when path.StartsWith(PathSource.Quota, StringComparison.Ordinal) => path.Replace("~", root),
        _ => path,
    };

    public string Short(string path) =>
        path.StartsWith(root, StringComparison.Ordinal) ? $"~{path[root.Length..]}"
        : path.StartsWith("/zookeeper/quota/", StringComparison.Ordinal) ? path.Replace(root, "~")
        : path;

    /// <summary>Servers give different ids: a session is known by when it was opened.</summary>
    public string NameOfSession(long id)
    {
        if (id == 0)
            return "none";
        int place = _sessionIds.IndexOf(id);
        return place >= 0 ? $"s{place}" : string.Create(CultureInfo.InvariantCulture, $"unknown 0x{id:x}");
    }

    /// <summary>The zxid of the sequence's last change but so many; 0 when there were no more.</summary>
    public long WriteZxid(int changesAgo) => changesAgo < _writeZxids.Count ? _writeZxids[^(changesAgo + 1)] : 0;

    /// <summary>A session's connection, which is made where there is none; null where the server does not want it.</summary>
    public async Task<RawZooKeeperClient?> AttachedAsync(int session)
    {
        var slot = _slots[session];
        if (slot.IsConnected)
            return slot.Client;
        await slot.DetachAsync(Short);
        await ConnectAsync(slot, Parameters(slot));
        return slot.Client;
    }

    public async Task AttachAnewAsync(int session, AttachKind kind, int timeoutMilliseconds)
    {
        var slot = _slots[session];
        if (kind is AttachKind.AfterDisconnecting or AttachKind.WithWrongPassword or AttachKind.WithoutPassword)
        {
            slot.Client?.Disconnect();
            await slot.DetachAsync(Short);
        }

        var parameters = Parameters(slot) with { SessionTimeout = TimeSpan.FromMilliseconds(timeoutMilliseconds) };
        parameters = kind switch
        {
            AttachKind.WithWrongPassword or AttachKind.WithWrongPasswordBeside =>
                parameters with { Password = [.. parameters.Password!.Select(b => (byte)~b)] },
            AttachKind.WithoutPassword => parameters with { Password = null },
            AttachKind.FromTheFuture => parameters with { LastZxidSeen = long.MaxValue },
            _ => parameters,
        };
        await ConnectAsync(slot, parameters);
    }

    public async Task ForgetAsync(int session)
    {
        await _slots[session].DetachAsync(Short);
        _slots[session].ForgetSession();
    }

    /// <summary>Takes note of the reply to a request, or of the connection's end.</summary>
    public async Task TakeAsync(int session, RawZooKeeperClient client, string label, Task<Answer> pending)
    {
        var slot = _slots[session];
        try
        {
            var answer = await pending;
            slot.NoteReply(answer.Arrival, Item.Reply(label, answer.Error, answer.Content));
            if (answer.WriteZxid is { } zxid)
            {
                _writeZxids.Add(zxid);
                _stepZxids.Add(zxid);
            }

            foreach (var result in answer.Results)
                slot.NoteReply(answer.Arrival, Item.Reply(result.Label, result.Error, result.Content));
        }
        catch (Exception exception) when (exception is ConnectionLostException or ProtocolViolationException)
        {
            if (ReferenceEquals(client, slot.Client))
                slot.NoteEnd();
        }
        catch (TimeoutException)
        {
            slot.Note(Item.End("the connection stands though the server should have ended it"));
        }
    }

    /// <summary>Closes the sessions that are attached; the server ends the others in time.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots)
        {
            try
            {
                if (slot.IsConnected)
                    await slot.Client!.CloseSessionAsync();
            }
            catch (Exception exception) when (exception is ConnectionLostException or ProtocolViolationException
                or TimeoutException)
            {
                // The sequence is over: nothing is compared any more.
            }

            await slot.DetachAsync(Short);
        }
    }

    private static ConnectParameters Parameters(SessionSlot slot) => new()
    {
        SessionTimeout = TimeSpan.FromMilliseconds(SessionTimeoutMilliseconds),
        SessionId = slot.SessionId,
        Password = slot.SessionId == 0 ? new byte[16] : slot.Password,
        LastZxidSeen = slot.Client?.LastZxidSeen ?? slot.LastZxidSeen,
    };

    private async Task ConnectAsync(SessionSlot slot, ConnectParameters parameters)
    {
        try
        {
            var client = await RawZooKeeperClient.ConnectAsync(server, parameters);
            await ReplaceAsync(slot, client);
            if (!_sessionIds.Contains(client.SessionId))
                _sessionIds.Add(client.SessionId);
            slot.Attach(
                client, $"attached {NameOfSession(client.SessionId)} timeout={client.SessionTimeout.TotalMilliseconds}");
        }
        catch (SessionExpiredException)
        {
            slot.Note(Item.End("the session has expired"));
            if (parameters.Password is not null && parameters.Password.AsSpan().SequenceEqual(slot.Password))
                slot.ForgetSession();
        }
        catch (ConnectionLostException)
        {
            slot.Note(Item.End("the connection was refused"));
        }
    }

    private async Task ReplaceAsync(SessionSlot slot, RawZooKeeperClient successor)
    {
        if (slot.Client is { } last && successor.SessionId == slot.SessionId
            && await Task.WhenAny(last.Ended, Task.Delay(LongestEnd)) != last.Ended)
        {
            slot.Note(Item.End("the session has two connections"));
        }

        await slot.DetachAsync(Short);
    }

    private Task PingAllAsync() => Task.WhenAll(_slots.Where(slot => slot.IsConnected).Select(slot => PingAsync(slot.Client!)));

    private static async Task PingAsync(RawZooKeeperClient client)
    {
        try
        {
            await client.PingAsync();
        }
        catch (Exception exception) when (exception is ConnectionLostException or ProtocolViolationException)
        {
            // The client knows its end, which is taken note of with all else that it received.
        }
    }
}
