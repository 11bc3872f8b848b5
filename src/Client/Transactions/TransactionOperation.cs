using Coordination.Client.Connecting;
using Coordination.Client.Requests;
using Coordination.Protocol;

namespace Coordination.Client.Transactions;

/// <summary>One operation of a transaction.</summary>
/// <param name="Name">The name that ZooKeeper has for it.</param>
/// <param name="Path">The path as the caller gave it.</param>
/// <param name="Version">The version that it expects; -1 for any.</param>
/// <param name="Data">The data, where it has some.</param>
/// <param name="Options">What to create, where it creates.</param>
/// <param name="FencingToken">The zxid that must have created the znode, where it checks a lock's.</param>
internal sealed record TransactionOperation(
    string Name, string Path, int Version, ReadOnlyMemory<byte> Data = default, CreateOptions? Options = null,
    long? FencingToken = null)
{
    internal const string Check = "check";
    internal const string Create = "create";
    internal const string Delete = "delete";
    internal const string SetData = "setData";

    // Servers before 3.9 decode create2 inside of a multi as a plain create, so that is what is sent.
    internal OperationCode Code => Name switch
    {
        Check => OperationCode.Check,
        Delete => OperationCode.Delete,
        SetData => OperationCode.SetData,
        _ => CreateRequest.OperationOf(Options!, OperationCode.Create),
    };

    /// <summary>Writes it into a multi.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="chroot">What the path is below.</param>
    /// <param name="extensions">What the server can do.</param>
    internal void Write(JuteBuffer buffer, string chroot, ServerExtensions extensions)
    {
        bool checksHeld = FencingToken is not null && extensions.Has(Extension.CheckHeld);
        new MultiHeader(checksHeld ? OperationCode.CheckHeld : Code, IsDone: false, -1).Write(buffer);
        if (checksHeld)
        {
            buffer.WriteString(ChrootPath.ToServer(chroot, Path));
            buffer.WriteLong(FencingToken!.Value);
            return;
        }
        WriteRecord(buffer, chroot);
    }

    private void WriteRecord(JuteBuffer buffer, string chroot)
    {
        string path = ChrootPath.ToServer(chroot, Path);
        if (Options is not null)
        {
            CreateRequest.WriteRecord(buffer, path, Data.Span, Options);
            return;
        }
        buffer.WriteString(path);
        if (Name == SetData)
            buffer.WriteBuffer(Data.Span);
        buffer.WriteInt(Version);
    }
}
