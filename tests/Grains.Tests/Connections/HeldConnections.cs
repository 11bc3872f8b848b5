using Coordination.Grains.Connections;

namespace Coordination.Grains.Tests.Connections;

/// <summary>Serves connections as the test does it.</summary>
internal sealed class HeldConnections : IConnectionServer
{
    public const int MostUnread = 100_000;

    public List<ConnectionPipe> Opened { get; } = [];

    public ConnectionPipe Open(Guid connection)
    {
        var pipe = new ConnectionPipe(MostUnread);
        lock (Opened)
            Opened.Add(pipe);
        return pipe;
    }
}
