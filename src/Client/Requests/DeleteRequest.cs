using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Deletes a znode.</summary>
internal sealed class DeleteRequest : PendingRequest<Nothing>
{
    private static readonly RequestPool<DeleteRequest> _pool = new();

    private string _clientPath = string.Empty;
    private string _serverPath = string.Empty;
    private int _version;

    internal override string Name => "delete";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationCode.Delete;

    internal override string ClientPath => _clientPath;

    protected override int? ExpectedVersion => _version;

    internal static DeleteRequest Take(string chroot, string clientPath, int version)
    {
        var request = _pool.Take();
        request._clientPath = clientPath;
        request._serverPath = ChrootPath.ToServer(chroot, clientPath);
        request._version = version;
        return request;
    }

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteString(_serverPath);
        buffer.WriteInt(_version);
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;

    protected override void Recycle()
    {
        _clientPath = _serverPath = string.Empty;
        _pool.Give(this);
    }
}
