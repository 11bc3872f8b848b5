using System.Globalization;
using Coordination.Testing;

namespace Coordination.Gateway.Tests.Limits;

/// <summary>A silo that tells how much memory it uses.</summary>
public sealed class MeasuredSilo : RunningSilo
{
    private readonly HttpClient _http;

    public MeasuredSilo()
        : this(FreePort.Take())
    {
    }

    private MeasuredSilo(int httpPort)
        : base(new SiloOptions
        {
            TickTime = TimeSpan.FromSeconds(2),
            Arguments = ["--http-port", httpPort.ToString(CultureInfo.InvariantCulture)],
        }) =>
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = Soon };

    // What stands in for the silo measures nothing.
    public override Task InitializeAsync() =>
        SiloExecutable.StandIn is null ? base.InitializeAsync() : Task.CompletedTask;

    /// <summary>The memory that the process has, in bytes.</summary>
    public async Task<long> ReadMemoryAsync()
    {
        const string Name = "process_resident_memory_bytes ";
        string metrics = await _http.GetStringAsync("/metrics");
        string line = metrics.Split('\n').Single(static line => line.StartsWith(Name, StringComparison.Ordinal));
        return (long)double.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>The most memory that the process has while something goes on.</summary>
    public async Task<long> ReadMostMemoryAsync(Task meanwhile)
    {
        long most = await ReadMemoryAsync();
        while (!meanwhile.IsCompleted)
        {
            await Task.WhenAny(meanwhile, Task.Delay(50));
            most = Math.Max(most, await ReadMemoryAsync());
        }

        return most;
    }
}
