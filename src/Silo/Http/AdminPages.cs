namespace Coordination.Silo.Http;

/// <summary>The commands of ZooKeeper's AdminServer: <c>/commands</c> lists them, <c>/commands/NAME</c> carries one out.</summary>
internal static class AdminPages
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(30);

    /// <summary>Adds the pages.</summary>
    public static void MapAdminPages(this WebApplication app)
    {
        var commands = app.Services.GetRequiredService<AdminCommands>();
        var byName = commands.All.SelectMany(static command => command.Names, static (command, name) => (command, name))
            .ToDictionary(static pair => pair.name, static pair => pair.command);
        string list = string.Concat(commands.All.Select(static command => command.Names[0]).Order(StringComparer.Ordinal)
            .Select(static name => $"<a href=\"/commands/{name}\">{name}</a>\n<br/>\n"));
        // One at a time, as some take memory for each watch.
        var turn = new SemaphoreSlim(1);
        app.MapGet("/commands", () => Results.Text(list, "text/html; charset=utf-8"));
        app.MapGet("/commands/{name}", async (string name, HttpContext context) =>
        {
            if (!await turn.WaitAsync(_longestWait, context.RequestAborted))
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }
            try
            {
                await AnswerAsync(context, name, byName.GetValueOrDefault(name));
            }
            finally
            {
                turn.Release();
            }
        });
    }

    private static async Task AnswerAsync(HttpContext context, string name, AdminCommand? command)
    {
        context.Response.ContentType = "application/json";
        using var answer = new AdminAnswer(context);
        answer.Json.WriteStartObject();
        if (command is { Error: null })
            await command.WriteAsync(answer);
        answer.Json.WriteString("command", command is null ? name : command.Names[0]);
        answer.Json.WriteString("error", command is null ? $"Unknown command: {name}" : command.Error);
        answer.Json.WriteEndObject();
        await answer.SendAsync();
    }
}
