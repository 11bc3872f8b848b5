using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coordination.Scheduler.Coordinating;

/// <summary>A run that is to be done: an element of the queue.</summary>
/// <param name="Job">The job.</param>
/// <param name="Tick">Which tick of its schedule, in milliseconds since 1970.</param>
internal sealed record ScheduledRun(string Job, long Tick)
{
    /// <summary>The tick as a time.</summary>
    [JsonIgnore]
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Tick);

    /// <summary>The run as an element.</summary>
    public ReadOnlyMemory<byte> ToElement() => JsonSerializer.SerializeToUtf8Bytes(this, SchedulerJson.Default.ScheduledRun);

    /// <summary>The run of an element.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ScheduledRun FromElement(ReadOnlyMemory<byte> element) =>
        JsonSerializer.Deserialize(element.Span, SchedulerJson.Default.ScheduledRun)
        ?? throw new JsonException("the element is no run");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job} {Time:HH:mm:ss}");
}
