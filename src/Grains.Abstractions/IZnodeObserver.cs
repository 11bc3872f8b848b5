using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Grains;

/// <summary>Hears of a znode's events.</summary>
public interface IZnodeObserver : IGrainObserver
{
    /// <summary>Something happened to the znode. Events of one znode come in the order of their zxids.</summary>
    Task ZnodeChangedAsync(ZnodeEvent znodeEvent);
}
