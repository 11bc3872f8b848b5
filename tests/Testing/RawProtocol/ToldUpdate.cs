namespace Coordination.Testing.RawProtocol;

/// <summary>What a watch that goes on from a zxid has told: a change, or how far it has come.</summary>
public sealed record ToldUpdate(int Watch, ToldUpdateKind Kind, long Zxid)
{
    /// <summary>Whether it is the last change of its zxid.</summary>
    public bool IsLast { get; init; }

    /// <summary>In milliseconds since 1970.</summary>
    public long Time { get; init; }

    public string Path { get; init; } = "";

    public bool IsDataKnown { get; init; }

    /// <summary>The data after the change.</summary>
    public byte[]? Data { get; init; }

    public bool IsPreviousKnown { get; init; }

    /// <summary>The data before it.</summary>
    public byte[]? Previous { get; init; }

    public Stat? Stat { get; init; }

    internal static ToldUpdate Read(in ReplyHeader header, ref JuteReader reader)
    {
        var update = new ToldUpdate(reader.ReadInt(), (ToldUpdateKind)reader.ReadInt(), header.Zxid);
        if (header.Error != ErrorCode.Ok || !Enum.IsDefined(update.Kind))
            throw new ProtocolViolationException($"an update of the kind {update.Kind} with the error {header.Error}");
        if (update.Kind is not (ToldUpdateKind.Mark or ToldUpdateKind.HistoryLost))
            update = update.ReadChange(ref reader);
        return reader.Remaining == 0
            ? update
            : throw new ProtocolViolationException($"{reader.Remaining} bytes follow the update {update}");
    }

    private ToldUpdate ReadChange(ref JuteReader reader) => this with
    {
        IsLast = reader.ReadBool(),
        Time = reader.ReadLong(),
        Path = reader.ReadString() ?? throw new ProtocolViolationException("an update's path is null"),
        IsDataKnown = reader.ReadBool(),
        Data = reader.ReadBuffer(),
        IsPreviousKnown = reader.ReadBool(),
        Previous = reader.ReadBuffer(),
        Stat = reader.ReadBool() ? RawProtocol.Stat.Read(ref reader) : null,
    };
}
