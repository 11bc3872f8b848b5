using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Creates a znode and returns its Stat.</summary>
internal sealed class CreateRequest : PendingRequest<CreatedZnode>
{
    private static readonly RequestPool<CreateRequest> _pool = new();

    private string _clientPath = string.Empty;
    private string _serverPath = string.Empty;
    private string _chroot = string.Empty;
    private ReadOnlyMemory<byte> _data;
    private CreateOptions _options = CreateOptions.Persistent;

    internal override string Name => "create";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationOf(_options, OperationCode.Create2);

    internal override string ClientPath => _clientPath;

    internal static CreateRequest Take(string chroot, string clientPath, ReadOnlyMemory<byte> data, CreateOptions options)
    {
        options.Validate();
        var request = _pool.Take();
        request._chroot = chroot;
        request._clientPath = clientPath;
        request._serverPath = ChrootPath.ToServer(chroot, clientPath);
        request._data = data;
        request._options = options;
        return request;
    }

    internal static OperationCode OperationOf(CreateOptions options, OperationCode plain) =>
        options.Mode == CreateMode.Container ? OperationCode.CreateContainer
        : options.HasTimeToLive ? OperationCode.CreateTtl
        : plain;

    internal static void WriteRecord(JuteBuffer buffer, string path, ReadOnlySpan<byte> data, CreateOptions options)
    {
        buffer.WriteString(path);
        buffer.WriteBuffer(data);
        if (options.Acl is Acl[] acls)
            AclVector.Write(buffer, acls);
        else
            AclVector.Write(buffer, [.. options.Acl]);
        buffer.WriteInt((int)options.Mode);
        if (options.HasTimeToLive)
            buffer.WriteLong((long)options.TimeToLive!.Value.TotalMilliseconds);
    }

    protected override void WriteBody(JuteBuffer buffer) => WriteRecord(buffer, _serverPath, _data.Span, _options);

    protected override CreatedZnode Read(ErrorCode error, ref JuteReader body)
    {
        var created = body.ReadUtf8();
        string path = _options.Mode is CreateMode.Persistent or CreateMode.Ephemeral && _chroot.Length == 0
            ? _clientPath : ChrootPath.ToClient(_chroot, System.Text.Encoding.UTF8.GetString(created));
        return new CreatedZnode(path, Stat.Read(ref body));
    }

    protected override void Recycle()
    {
        _clientPath = _serverPath = _chroot = string.Empty;
        _data = default;
        _options = CreateOptions.Persistent;
        _pool.Give(this);
    }
}
