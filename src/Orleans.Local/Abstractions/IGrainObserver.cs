using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of interfaces through which grains notify objects that are no grains. A reference to such an object comes
/// from <see cref="IGrainFactory.CreateObjectReference{TGrainObserverInterface}"/>.
/// </summary>
public interface IGrainObserver : IAddressable;
