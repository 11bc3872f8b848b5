using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>What a watch that goes on from a zxid has told.</summary>
public sealed record WireUpdate(int Watch, int Kind, long Zxid)
{
    public const int Mark = 0;
    public const int Created = 1;
    public const int Deleted = 2;
    public const int DataSet = 3;
    public const int AclSet = 4;
    public const int HistoryLost = -1;

    public bool IsLast { get; init; }

    public string Path { get; init; } = "";

    public string Data { get; init; } = "";

    public string Previous { get; init; } = "";

    public int? Version { get; init; }

    public static WireUpdate Read(WireReply reply)
    {
        Assert.Equal(ExtensionFrames.UpdateXid, reply.Xid);
        Assert.Equal(ErrorCode.Ok, reply.Error);
        var reader = new JuteReader(reply.Body);
        var update = new WireUpdate(reader.ReadInt(), reader.ReadInt(), reply.Zxid);
        if (update.Kind is Mark or HistoryLost)
        {
            Assert.Equal(0, reader.Remaining);
            return update;
        }
        bool isLast = reader.ReadBool();
        Assert.True(reader.ReadLong() > 0);
        string path = reader.ReadString()!;
        string data = ReadData(ref reader);
        string previous = ReadData(ref reader);
        int? version = reader.ReadBool() ? ReadVersion(ref reader) : null;
        Assert.Equal(0, reader.Remaining);
        return update with { IsLast = isLast, Path = path, Data = data, Previous = previous, Version = version };
    }

    // Unknown as ?, null as -, all else as text.
    private static string ReadData(ref JuteReader reader)
    {
        bool isKnown = reader.ReadBool();
        byte[]? bytes = reader.ReadBuffer();
        return !isKnown ? "?" : bytes is null ? "-" : System.Text.Encoding.UTF8.GetString(bytes);
    }

    private static int ReadVersion(ref JuteReader reader)
    {
        for (int i = 0; i < 4; i++)
            reader.ReadLong();
        int version = reader.ReadInt();
        reader.ReadInt();
        reader.ReadInt();
        reader.ReadLong();
        reader.ReadInt();
        reader.ReadInt();
        reader.ReadLong();
        return version;
    }
}
