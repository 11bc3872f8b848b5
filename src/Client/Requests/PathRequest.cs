using Coordination.Protocol;

namespace Coordination.Client.Requests;

/// <summary>A request that is seldom made, so that it is not kept for another.</summary>
internal abstract class PathRequest<TResult>(string chroot, string clientPath) : PendingRequest<TResult>
{
    internal sealed override string ClientPath => clientPath;

    protected string Chroot => chroot;

    protected string ServerPath { get; } = ChrootPath.ToServer(chroot, clientPath);

    protected override void WriteBody(JuteBuffer buffer) => buffer.WriteString(ServerPath);
}
