namespace Coordination.Testing.RawProtocol;

/// <content>Writes that have a number, an extension of Coordination's silos.</content>
public sealed partial class RawZooKeeperClient
{
    private const OperationCode Once = (OperationCode)7001;

    public Task<Reply<Stat>> SetDataOnceAsync(long number, long firstOpen, string path, byte[]? data, int version = -1) =>
        SetDataAsync(path, data, version, new WriteNumber(number, firstOpen));

    public Task<Reply<CreatedZnode>> CreateOnceAsync(
        long number, long firstOpen, string path, byte[]? data, CreateMode mode = CreateMode.Persistent) =>
        Create2Async(path, data, mode, number: new WriteNumber(number, firstOpen));

    private Task<Reply<T>> SendWriteAsync<T>(
        WriteNumber? number, OperationCode code, string description, Action<JuteWriter> writeBody, RecordReader<T> readBody)
    {
        if (number is not { } given)
            return SendAsync(code, description, writeBody, readBody);
        return SendAsync(
            Once,
            $"{description} as {given.Number}",
            writer =>
            {
                writer.WriteLong(given.Number);
                writer.WriteLong(given.FirstOpen);
                writer.WriteInt((int)code);
                writeBody(writer);
            },
            readBody);
    }
}
