using Coordination.Differential.Tests.Comparing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Playing;

/// <summary>One of a sequence's sessions: its connection, where it has one, and what came by it.</summary>
internal sealed class SessionSlot
{
    private readonly List<(int Connection, long Arrival, Item Item)> _items = [];
    private int _connection;
    private bool _endIsNoted;

    /// <summary>The connection; null for none.</summary>
    public RawZooKeeperClient? Client { get; private set; }

    /// <summary>The session; 0 for none.</summary>
    public long SessionId { get; private set; }

    public byte[] Password { get; private set; } = [];

    public long LastZxidSeen { get; private set; }

    public bool IsConnected => Client is { EndReason: null };

    /// <summary>Puts a new connection in the place of the last.</summary>
    public void Attach(RawZooKeeperClient client, string told)
    {
        Client = client;
        _connection++;
        _endIsNoted = false;
        SessionId = client.SessionId;
        Password = client.Password;
        _items.Add((_connection, -1, Item.Attached(told)));
    }

    public void Note(Item item) => _items.Add((_connection, long.MaxValue, item));

    public void NoteReply(long arrival, Item item) => _items.Add((_connection, arrival, item));

    /// <summary>Takes note of the connection's end, once.</summary>
    public void NoteEnd()
    {
        if (Client?.EndReason is not { } reason || _endIsNoted)
            return;
        _endIsNoted = true;
        Note(Item.End(reason is ProtocolViolationException ? reason.Message : "the connection ended"));
    }

    /// <summary>Takes the notifications that have come.</summary>
    public void TakeNotifications(Func<string, string> shorten)
    {
        while (Client is not null && Client.Notifications.TryRead(out var notification))
        {
            var shortened = notification with { Path = shorten(notification.Path) };
            _items.Add((_connection, notification.Arrival, Item.Event(shortened)));
        }
    }

    /// <summary>Ends the connection, and keeps what came by it.</summary>
    public async Task DetachAsync(Func<string, string> shorten)
    {
        if (Client is not { } client)
            return;
        TakeNotifications(shorten);
        LastZxidSeen = client.LastZxidSeen;
        NoteEnd();
        Client = null;
        try
        {
            await client.DisposeAsync();
        }
        catch (ProtocolViolationException)
        {
            // It was taken note of as the connection's end.
        }
    }

    public void ForgetSession()
    {
        SessionId = 0;
        LastZxidSeen = 0;
    }

    /// <summary>All that came since the last call, in the order of arrival.</summary>
    public IReadOnlyList<Item> Take()
    {
        Item[] taken = [.. _items.OrderBy(item => item.Connection).ThenBy(item => item.Arrival).Select(item => item.Item)];
        _items.Clear();
        return taken;
    }
}
