using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Grains;

/// <summary>Hears of a znode's events.</summary>
public interface IZnodeObserver : IGrainObserver
{
    /// <summary>Something happened to the znode. Events of one znode come in the order of their zxids. Who has
    /// heard of one has seen its zxid: see <see cref="SessionTicket.Seen"/>.</summary>
    Task ZnodeChangedAsync(ZnodeEvent znodeEvent);
}
