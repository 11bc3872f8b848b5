using Coordination.Grains.Messages;
using Orleans;

namespace Coordination.Grains;

/// <summary>An observer of a session: the session has seen an event before the observer is told of it.</summary>
internal sealed class SeeingObserver : IZnodeObserver
{
    private readonly GrainSession _session;
    private readonly IZnodeObserver _observer;

    public SeeingObserver(GrainSession session, IZnodeObserver observer, IGrainFactory grains)
    {
        _session = session;
        _observer = observer;
        Reference = grains.CreateObjectReference<IZnodeObserver>(this);
    }

    /// <summary>What grains know this observer by.</summary>
    public IZnodeObserver Reference { get; }

    public Task ZnodeChangedAsync(ZnodeEvent znodeEvent)
    {
        _session.Saw(znodeEvent.Zxid);
        return _observer.ZnodeChangedAsync(znodeEvent);
    }
}
