using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>Keeps the observers of a grain, each under itself, until they have not been renewed for a while.</summary>
/// <typeparam name="TObserver">The interface of the observers.</typeparam>
/// <param name="expiration">How long an observer is kept after it was last subscribed.</param>
/// <param name="log">Where comings and goings are logged, at the debug level.</param>
public class ObserverManager<TObserver>(TimeSpan expiration, ILogger log)
    : ObserverManager<IAddressable, TObserver>(expiration, log);
