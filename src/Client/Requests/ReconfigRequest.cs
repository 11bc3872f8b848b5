using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Changes the members of the ensemble.</summary>
internal sealed class ReconfigRequest(string? joining, string? leaving, string? members, long fromConfiguration)
    : PendingRequest<Znode>
{
    internal override string Name => "reconfig";

    internal override OperationCode Operation => OperationCode.Reconfig;

    protected override void WriteBody(JuteBuffer buffer)
    {
        WriteOptional(buffer, joining);
        WriteOptional(buffer, leaving);
        WriteOptional(buffer, members);
        buffer.WriteLong(fromConfiguration);
    }

    protected override Znode Read(ErrorCode error, ref JuteReader body) => new(body.ReadBufferAsArray(), Stat.Read(ref body));

    private static void WriteOptional(JuteBuffer buffer, string? text)
    {
        if (text is null)
            buffer.WriteNullBuffer();
        else
            buffer.WriteString(text);
    }
}
