using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Coordination.Client.Hosting;

/// <summary>How a client stands to the service, as a health check tells it. It asks no server.</summary>
internal sealed class SessionHealthCheck(ICoordinationClient client) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var session = client.Session;
        string description = $"{client.State}, session {session?.ToString() ?? "none"}";
        return Task.FromResult(client.State switch
        {
            SessionState.Connected => HealthCheckResult.Healthy(description),
            SessionState.Disconnected or SessionState.ConnectedReadOnly => HealthCheckResult.Degraded(description),
            _ => HealthCheckResult.Unhealthy(description),
        });
    }
}
