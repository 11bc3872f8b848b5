using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Wire;

/// <summary>What an operation of a multi or a multiRead does to a path.</summary>
public sealed record MultiPart(OperationCode Operation, Action<JuteWriter, string> Write)
{
    public static MultiPart Create { get; } =
        new(OperationCode.Create, static (writer, path) => Frames.WriteCreate(writer, path, [1], CreateMode.Persistent));

    public static MultiPart CreateEphemeral { get; } =
        new(OperationCode.Create, static (writer, path) => Frames.WriteCreate(writer, path, [1], CreateMode.Ephemeral));

    public static MultiPart SetData { get; } = new(OperationCode.SetData, static (writer, path) =>
    {
        writer.WriteString(path);
        writer.WriteBuffer([1, 2, 3]);
        writer.WriteInt(-1);
    });

    public static MultiPart Delete { get; } = new(OperationCode.Delete, static (writer, path) =>
    {
        writer.WriteString(path);
        writer.WriteInt(-1);
    });

    public static MultiPart GetData { get; } = new(OperationCode.GetData, static (writer, path) =>
    {
        writer.WriteString(path);
        writer.WriteBool(false);
    });
}
