namespace Coordination.Testing.RawProtocol;

/// <summary>A child in a page of a list of children, asked for with data and Stat.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">0 where all is as of the list's zxid, 1 where it was set since, 2 deleted since, 3 not readable.</param>
/// <param name="Data">Its data, in the first two states.</param>
/// <param name="Stat">Its Stat, in the first two states.</param>
public sealed record ListedChild(string Name, int State, byte[]? Data, Stat? Stat)
{
    internal static ListedChild Read(ref JuteReader reader)
    {
        string name = reader.ReadString() ?? throw new ProtocolViolationException("a child's name is null");
        int state = reader.ReadInt();
        return state is 0 or 1
            ? new ListedChild(name, state, reader.ReadBuffer(), RawProtocol.Stat.Read(ref reader))
            : new ListedChild(name, state, null, null);
    }
}
