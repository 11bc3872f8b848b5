using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Extensions;

/// <summary>A child in a page of a list of children.</summary>
public sealed record PageChild(string Name, int State, byte[]? Data, Stat? Stat)
{
    public static PageChild Read(ref JuteReader reader, int fields)
    {
        string name = reader.ReadString()!;
        int state = reader.ReadInt();
        bool isShown = state is 0 or 1;
        byte[]? data = isShown && (fields & 1) != 0 ? reader.ReadBuffer() : null;
        return new PageChild(name, state, data, isShown && (fields & 2) != 0 ? ReadStat(ref reader) : null);
    }

    private static Stat ReadStat(ref JuteReader reader) => new(
        reader.ReadLong(), reader.ReadLong(), reader.ReadLong(), reader.ReadLong(), reader.ReadInt(), reader.ReadInt(), reader.ReadInt(),
        reader.ReadLong(), reader.ReadInt(), reader.ReadInt(), reader.ReadLong());
}
