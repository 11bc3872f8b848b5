using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A call that nobody waits for. What becomes of it can only be logged.</summary>
internal sealed class OneWayCall(GrainMethod method, GrainReference target, object?[] arguments, ILogger log)
    : Request(method.Traits)
{
    public override async Task InvokeAsync(object grain)
    {
        try
        {
            switch (method.Invoke(grain, arguments))
            {
                case Task task:
                    await task;
                    break;
                case { } valueTask when method.AsTask(valueTask) is { } task:
                    await task;
                    break;
            }
        }
        catch (Exception exception)
        {
            log.LogWarning(exception, "{Method} of {Target}, a one-way call, failed.", method.Name, target.GrainId);
        }
    }

    public override void Reject(Exception reason) => log.LogWarning(
        reason, "{Method} of {Target}, a one-way call, was lost.", method.Name, target.GrainId);
}
