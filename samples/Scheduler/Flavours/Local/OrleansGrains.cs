using Coordination.Client;
using Microsoft.Extensions.Configuration;

namespace Coordination.Scheduler.Flavours;

/// <summary>What stands for an Orleans cluster where there is none to be had: the grains of this flavour run within their
/// silo's process, and nodes have processes of their own.</summary>
internal sealed class OrleansGrains : IAsyncDisposable
{
    /// <summary>Fails, and says what to do.</summary>
    public static Task<OrleansGrains> ConnectAsync(IConfigurationSection section, CancellationToken cancellationToken) =>
        throw new InvalidOperationException(
            $"{section.Path}:Transport is orleans, which needs the flavour with Orleans' packages: dotnet run -p:OrleansRuntime=packages");

    /// <summary>The same options.</summary>
    public CoordinationClientOptions Carry(CoordinationClientOptions options) => options;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
