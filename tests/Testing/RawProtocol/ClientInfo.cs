namespace Coordination.Testing.RawProtocol;

/// <summary>One identity of a session, as whoAmI tells it.</summary>
public readonly record struct ClientInfo(string Scheme, string User)
{
    internal static ClientInfo Read(ref JuteReader reader) => new(reader.ReadString() ?? "", reader.ReadString() ?? "");
}
