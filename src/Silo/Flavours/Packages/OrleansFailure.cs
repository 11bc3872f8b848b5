using Coordination.Grains.Cluster;
using Orleans.Runtime;

namespace Coordination.Silo.Flavours;

/// <summary>What Orleans cannot go on after ends the silo as anything else does: its clients are let go, and the exit code
/// is 1. By itself Orleans would abort the process.</summary>
internal sealed class OrleansFailure(IServiceProvider services) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    // Without an exception it tells that the others took this silo for dead. Asked for late: the silo's parts know Orleans.
    public void OnFatalException(object? sender, string? context, Exception? exception) =>
        services.GetRequiredService<SiloService>().Fail(exception ?? new SiloTakenForDeadException());
}
