using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>Begins, or ends, a watch that goes on from a zxid; of our servers only.</summary>
internal sealed class WatchFromRequest : PendingRequest<Nothing>
{
    private const int EndsWatch = -1;

    private readonly int _number;
    private readonly string _clientPath;
    private readonly string _serverPath;
    private readonly int _mode;
    private readonly long _after;

    internal WatchFromRequest(int number, string chroot, string clientPath, ChangeScope scope, long after)
    {
        _number = number;
        _clientPath = clientPath;
        _serverPath = ChrootPath.ToServer(chroot, clientPath);
        _mode = (int)scope;
        _after = after;
    }

    private WatchFromRequest(int number)
    {
        _number = number;
        _clientPath = _serverPath = string.Empty;
        _mode = EndsWatch;
    }

    internal override string Name => "watchFrom";

    internal override OperationCode Operation => OperationCode.WatchFrom;

    internal override string ClientPath => _clientPath;

    internal override bool IsOfConnection => true;

    internal static WatchFromRequest End(int number) => new(number);

    protected override void WriteBody(JuteBuffer buffer)
    {
        buffer.WriteInt(_number);
        buffer.WriteString(_serverPath);
        buffer.WriteInt(_mode);
        buffer.WriteLong(_after);
    }

    protected override Nothing Read(ErrorCode error, ref JuteReader body) => default;
}
