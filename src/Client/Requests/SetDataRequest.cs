using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Writes data.</summary>
internal sealed class SetDataRequest : PendingRequest<Stat>
{
    private static readonly RequestPool<SetDataRequest> _pool = new();

    private string _clientPath = string.Empty;
    private string _serverPath = string.Empty;
    private ReadOnlyMemory<byte> _data;
    private int _version;

    internal override string Name => "setData";

    internal override bool IsWrite => true;

    internal override OperationCode Operation => OperationCode.SetData;

    internal override string ClientPath => _clientPath;

    protected override int? ExpectedVersion => _version;

    internal static SetDataRequest Take(string chroot, string clientPath, ReadOnlyMemory<byte> data, int version)
    {
        var request = _pool.Take();
        request._clientPath = clientPath;
        request._serverPath = ChrootPath.ToServer(chroot, clientPath);
        request._data = data;
        request._version = version;
        return request;
    }

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteString(_serverPath);
        buffer.WriteBuffer(_data.Span);
        buffer.WriteInt(_version);
    }

    protected override Stat Read(ErrorCode error, ref JuteReader body) => Stat.Read(ref body);

    protected override void Recycle()
    {
        _clientPath = _serverPath = string.Empty;
        _data = default;
        _pool.Give(this);
    }
}
