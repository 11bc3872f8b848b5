using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Comparing;

/// <summary>One thing that a client saw: a reply, a notification, or the end of its connection.</summary>
internal sealed record Item(ItemKind Kind, string Label, string Text, string Shown)
{
    /// <summary>The error of a reply.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>The type of a notification.</summary>
    public WatchEventType EventType { get; init; }

    /// <summary>The path of a notification.</summary>
    public string Path { get; init; } = "";

    /// <summary>The zxid in a notification's header.</summary>
    public long EventZxid { get; init; }

    public IReadOnlyList<long> Zxids { get; init; } = [];

    public IReadOnlyList<(long Zxid, long Time)> Times { get; init; } = [];

    public static Item Reply(string label, ErrorCode error, Content content) =>
        new(ItemKind.Reply, label, $"{error} {content.Text}", $"{error} {content.Shown}")
        {
            Error = error,
            Zxids = content.Zxids,
            Times = content.Times,
        };

    public static Item Event(Notification notification)
    {
        string text = $"event {notification.Type} {notification.Path}";
        return new Item(ItemKind.Event, "", text, $"{text} zxid=0x{notification.Zxid:x}")
        {
            EventType = notification.Type,
            Path = notification.Path,
            EventZxid = notification.Zxid,
        };
    }

    public static Item End(string text) => new(ItemKind.End, "", text, text);

    public static Item Attached(string text) => new(ItemKind.Attached, "", text, text);

    /// <summary>Whether two servers said the same, as far as that does not depend on what they said before.</summary>
    public bool Says(Item other) => Kind == other.Kind && Label == other.Label && Text == other.Text;
}
