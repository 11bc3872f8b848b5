using Coordination.Gateway.Serving;
using Coordination.Grains.Writing;

namespace Coordination.Silo.Http;

/// <summary>The silo's HTTP pages: health and metrics.</summary>
internal static class SiloPages
{
    private static readonly string[] _asked = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds the pages.</summary>
    public static void MapSiloPages(this WebApplication app)
    {
        // Off the thread that polls the sockets, which the clients need.
        app.Use(async (context, next) =>
        {
            await Task.Yield();
            await next(context);
        });
        app.MapMethods("/healthz/live", _asked, () => Results.Text("live\n"));
        app.MapMethods("/healthz/ready", _asked, Readiness);
        // Itself, not a redirection, which a probe that follows none takes for success.
        app.MapMethods("/healthz", _asked, Readiness);
        app.MapMethods("/metrics", _asked, (MetricsPage metrics) =>
            Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
    }

    // A silo that is full is ready: were its clients kept away, they could not delete anything.
    private static IResult Readiness(CommitLoop commits, WritePipeline pipeline, ServingState serving) =>
        commits.Completion.IsCompleted ? NotReady("the log takes no rows\n")
        : serving.Mode == ServingMode.ReadOnly ? NotReady("the log cannot be read: only read-only clients are served\n")
        : serving.Mode == ServingMode.Nobody ? NotReady("the log cannot be read: nobody is served\n")
        : !pipeline.HasRoomToGrow ? Results.Text("degraded: memory is over its hard limit, the tree may not grow\n")
        : Results.Text("ready\n");

    private static IResult NotReady(string why) => Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
