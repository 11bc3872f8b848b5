using System.Globalization;
using Coordination.Testing;

namespace Coordination.Gateway.Tests.Http;

/// <summary>A silo with an HTTP port, and what asks it.</summary>
public sealed class HttpSilo : RunningSilo
{
    public HttpSilo()
        : this(FreePort.Take())
    {
    }

    private HttpSilo(int httpPort)
        : base(new SiloOptions { Arguments = ["--http-port", httpPort.ToString(CultureInfo.InvariantCulture)] }) =>
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = Soon };

    public HttpClient Http { get; }

    // What stands in for the silo has no such pages.
    public override Task InitializeAsync() =>
        SiloExecutable.StandIn is null ? base.InitializeAsync() : Task.CompletedTask;
}
