using Coordination.Gateway.Serving;
using Coordination.Grains.Writing;

namespace Coordination.Silo.Http;

/// <summary>The silo's HTTP pages: health and metrics.</summary>
internal static class SiloPages
{
    /// <summary>Adds the pages.</summary>
    public static void MapSiloPages(this WebApplication app)
    {
        // Off the thread that polls the sockets, which the clients need.
        app.Use(async (context, next) =>
        {
            await Task.Yield();
            await next(context);
        });
        app.MapGet("/healthz/live", () => Results.Text("live\n"));
        app.MapGet("/healthz/ready", (CommitLoop commits, WritePipeline pipeline, ServingState serving) =>
            commits.Completion.IsCompleted ? NotReady("the log takes no rows\n")
            : !pipeline.HasRoomToGrow ? NotReady("memory is over its hard limit: the tree may not grow\n")
            : serving.Mode == ServingMode.ReadOnly ? NotReady("the log cannot be read: only read-only clients are served\n")
            : serving.Mode == ServingMode.Nobody ? NotReady("the log cannot be read: nobody is served\n")
            : Results.Text("ready\n"));
        app.MapGet("/healthz", () => Results.Redirect("/healthz/ready"));
        app.MapGet("/metrics", (MetricsPage metrics) =>
            Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
    }

    private static IResult NotReady(string why) => Results.Text(why, statusCode: StatusCodes.Status503ServiceUnavailable);
}
