namespace Coordination.Testing.RawProtocol;

/// <content>What our silos have beyond ZooKeeper's protocol: docs/protocol.md has the records.</content>
public sealed partial class RawZooKeeperClient
{
    private const int DataAndStat = 3;

    /// <summary>Watches a znode and all below it; what it tells comes as <see cref="Updates"/>.</summary>
    /// <param name="watch">The number of the watch.</param>
    /// <param name="path">The znode.</param>
    /// <param name="zxid">All that comes after it is told; -1 for from now on.</param>
    public Task<Reply<Nothing>> WatchTreeFromAsync(int watch, string path, long zxid) =>
        WatchFromAsync(watch, path, mode: 1, zxid);

    /// <summary>Watches a znode alone.</summary>
    /// <inheritdoc cref="WatchTreeFromAsync"/>
    public Task<Reply<Nothing>> WatchZnodeFromAsync(int watch, string path, long zxid) =>
        WatchFromAsync(watch, path, mode: 0, zxid);

    /// <param name="path">The znode.</param>
    /// <param name="after">The name that the page begins behind; empty for the first.</param>
    /// <param name="most">How many children, at the most.</param>
    /// <param name="zxid">That of the first page; -1 for the first.</param>
    public Task<Reply<ChildrenPage>> GetChildrenPageAsync(string path, string after, int most, long zxid) => SendAsync(
        OperationCode.ChildrenPage,
        $"childrenPage {path}",
        writer =>
        {
            writer.WriteString(path);
            writer.WriteString(after);
            writer.WriteInt(most);
            writer.WriteInt(DataAndStat);
            writer.WriteLong(zxid);
        },
        ChildrenPage.Read);

    /// <summary>Deletes a znode and all below it.</summary>
    /// <returns>How many are gone.</returns>
    public Task<Reply<int>> DeleteTreeAsync(string path, int version = -1) => SendAsync(
        OperationCode.DeleteTree,
        $"deleteTree {path}",
        writer => WritePathAndNumber(writer, path, version),
        static (ref JuteReader reader) => reader.ReadInt());

    private Task<Reply<Nothing>> WatchFromAsync(int watch, string path, int mode, long zxid) => SendAsync(
        OperationCode.WatchFrom,
        $"watchFrom {path}",
        writer =>
        {
            writer.WriteInt(watch);
            writer.WriteString(path);
            writer.WriteInt(mode);
            writer.WriteLong(zxid);
        },
        ReadNothing);
}
