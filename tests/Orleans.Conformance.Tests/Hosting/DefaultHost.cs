namespace Orleans.Conformance.Hosting;

/// <summary>A host with default settings, shared by the tests of a class.</summary>
public sealed class DefaultHost : IAsyncLifetime
{
    private GrainHost? _host;

    public GrainHost Host => _host!;

    public async Task InitializeAsync() => _host = await GrainHost.StartAsync();

    public async Task DisposeAsync() => await _host!.DisposeAsync();
}
