using Coordination.Client;
using Coordination.Client.Contender;

// A process that can be frozen: it contends for a lock and for a lead, and writes what they protect, until it is told to stop.
// What it says, a line each, and what it is told, is described at ITestLines.
await using var client = new CoordinationClient(new CoordinationClientOptions
{
    ConnectionString = args[0],
    SessionTimeout = TimeSpan.FromMilliseconds(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)),
    LongestRetryDelay = TimeSpan.FromMilliseconds(100),
    CloseTimeout = TimeSpan.FromSeconds(1),
});
using var lines = new TestLines();
Contender.TellSessions(client, lines);
var contending = new List<Task>();
foreach (string resource in args[2].Split(','))
    contending.Add(new Contender(client, lines, resource).RunAsync());
await Task.WhenAll(contending);
