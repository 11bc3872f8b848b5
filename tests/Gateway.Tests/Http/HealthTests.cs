using System.Net;

namespace Coordination.Gateway.Tests.Http;

/// <summary>The pages that probes ask for.</summary>
public sealed class HealthTests(HttpSilo silo) : IClassFixture<HttpSilo>
{
    [SiloTheory(Timeout = 120_000)]
    [InlineData("/healthz/live", "live\n")]
    [InlineData("/healthz/ready", "ready\n")]
    [InlineData("/healthz", "ready\n")]
    public async Task Healthy_silo_says_so(string page, string expected)
    {
        using var response = await silo.Http.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        // It answers itself: who asks may follow no redirection.
        Assert.Equal(page, response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [SiloTheory(Timeout = 120_000)]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task Who_asks_for_the_head_alone_gets_it(string page)
    {
        using var response = await silo.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, page));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Unknown_page_is_not_found()
    {
        using var response = await silo.Http.GetAsync("/command/stats");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Client_port_does_not_speak_http()
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync("GET /healthz/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        await wire.ExpectCloseAsync();
    }

    [SiloFact]
    public Task Greeting_names_the_pages() =>
        silo.Process.ExpectOutputAsync($"{silo.Http.BaseAddress!.Authority}/healthz/ready");
}
