namespace Coordination.Testing.RawProtocol;

/// <content>Writes that have a number, an extension of Coordination's silos.</content>
public sealed partial class RawZooKeeperClient
{
    private const OperationCode Once = (OperationCode)7001;

    public Task<Reply<Stat>> SetDataOnceAsync(long number, long firstOpen, string path, byte[]? data, int version = -1) =>
        SendAsync(
            Once,
            $"setData {path} as {number}",
            writer =>
            {
                WriteNumber(writer, number, firstOpen, OperationCode.SetData);
                writer.WriteString(path);
                writer.WriteBuffer(data);
                writer.WriteInt(version);
            },
            Stat.Read);

    public Task<Reply<CreatedZnode>> CreateOnceAsync(
        long number, long firstOpen, string path, byte[]? data, CreateMode mode = CreateMode.Persistent) => SendAsync(
            Once,
            $"create2 {path} as {number}",
            writer =>
            {
                WriteNumber(writer, number, firstOpen, OperationCode.Create2);
                MultiOperation.WriteCreate(writer, path, data, mode, null);
            },
            ReadCreatedZnode);

    private static void WriteNumber(JuteWriter writer, long number, long firstOpen, OperationCode operation)
    {
        writer.WriteLong(number);
        writer.WriteLong(firstOpen);
        writer.WriteInt((int)operation);
    }
}
