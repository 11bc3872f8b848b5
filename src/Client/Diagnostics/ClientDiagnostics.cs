using System.Diagnostics;
using System.Diagnostics.Metrics;
using Coordination.Client.Requests;

namespace Coordination.Client.Diagnostics;

/// <summary>What tracing and metrics can see of a client, under the name <see cref="Name"/>.</summary>
internal static class ClientDiagnostics
{
    internal const string Name = "Coordination.Client";

    private const string OperationTag = "coordination.operation";

    private static readonly string? _version = typeof(ClientDiagnostics).Assembly.GetName().Version?.ToString(3);

    internal static ActivitySource Source { get; } = new(Name, _version);

    private static readonly Meter _meter = new(Name, _version);

    private static readonly Histogram<double> _duration = _meter.CreateHistogram<double>(
        "coordination.client.operation.duration", "s", "How long requests were on their way until they were answered.");

    private static readonly Counter<long> _losses = _meter.CreateCounter<long>(
        "coordination.client.connection.losses", "{connection}", "Connections that were lost.");

    private static readonly Counter<long> _sessions = _meter.CreateCounter<long>(
        "coordination.client.session.expirations", "{session}", "Sessions that ended before their client.");

    /// <summary>Begins an activity for a request, and leaves the caller's own current.</summary>
    internal static Activity? Start(PendingRequest request)
    {
        var current = Activity.Current;
        var activity = Source.StartActivity(request.Name, ActivityKind.Client);
        Activity.Current = current;
        activity?.SetTag(OperationTag, request.Name);
        if (request.ClientPath is { } path)
            activity?.SetTag("coordination.path", path);
        return activity;
    }

    internal static void Stop(Activity? activity, Exception? failure)
    {
        if (activity is null)
            return;
        if (failure is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, failure.Message);
            activity.SetTag("error.type", failure.GetType().Name);
        }
        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }

    internal static void Answered(PendingRequest request, TimeProvider time)
    {
        if (_duration.Enabled)
        {
            _duration.Record(
                time.GetElapsedTime(request.Timestamp).TotalSeconds,
                new KeyValuePair<string, object?>(OperationTag, request.Name));
        }
    }

    internal static void ConnectionLost() => _losses.Add(1);

    internal static void SessionExpired() => _sessions.Add(1);
}
