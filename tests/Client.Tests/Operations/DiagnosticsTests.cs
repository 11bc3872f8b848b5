using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Coordination.Client.Tests.Operations;

/// <summary>What tracing and metrics see of a client.</summary>
public sealed class DiagnosticsTests(Servers servers) : ClientTest(servers)
{
    private const string Name = "Coordination.Client";

    [Fact]
    public async Task Requests_are_traced_and_measured()
    {
        string path = NewPath();
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var durations = new ConcurrentQueue<double>();
        using var meter = new MeterListener
        {
            InstrumentPublished = static (instrument, meter) =>
            {
                if (instrument.Name == "coordination.client.operation.duration")
                    meter.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<double>((_, duration, tags, _) =>
        {
            if (tags[0].Value is "getData")
                durations.Enqueue(duration);
        });
        meter.Start();

        await using var client = await ConnectAsync(ServerKind.Silo);
        using var own = new Activity("own").Start();
        await client.CreateAsync(path);
        await client.GetDataAsync(path);
        await Assert.ThrowsAsync<NoNodeException>(async () => await client.GetDataAsync(path + "/none"));
        Assert.Same(own, Activity.Current);

        var ours = activities.Where(activity => activity.TraceId == own.TraceId).ToList();
        Assert.Equal(["create", "getData", "getData"], ours.Select(static activity => activity.OperationName));
        Assert.All(ours, activity => Assert.Equal(own.SpanId, activity.ParentSpanId));
        Assert.Equal(path, ours[0].GetTagItem("coordination.path"));
        Assert.Equal(ActivityStatusCode.Unset, ours[1].Status);
        Assert.Equal(ActivityStatusCode.Error, ours[2].Status);
        Assert.True(durations.Count >= 2);
        Assert.All(durations, static duration => Assert.InRange(duration, 0, 60));
    }
}
