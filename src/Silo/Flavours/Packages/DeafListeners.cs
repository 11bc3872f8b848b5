using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Coordination.Silo.Flavours;

/// <summary>Stands where Orleans would open its ports, and opens none: a silo alone has nobody to listen to.</summary>
internal sealed class DeafListeners : IConnectionListenerFactory
{
    /// <summary>Puts it in the place of Orleans' own.</summary>
    public static void Install(IServiceCollection services)
    {
        // Orleans keeps the keys to itself; nobody else has a listener under a key.
        foreach (var listener in services.Where(IsKeyedListener).ToArray())
        {
            services.Remove(listener);
            services.AddKeyedSingleton<IConnectionListenerFactory>(listener.ServiceKey, new DeafListeners());
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(endpoint));

    private static bool IsKeyedListener(ServiceDescriptor service) =>
        service.ServiceType == typeof(IConnectionListenerFactory) && service.IsKeyedService;

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            new(_ended.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _ended.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
