using System.Globalization;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>A silo with very many sessions, some of which are connected, and very many ephemerals.</summary>
public sealed class CrowdedSilo : RunningSilo, IAsyncLifetime
{
    /// <summary>How many sessions own a znode each.</summary>
    public const int Owners = 5000;

    /// <summary>How many of them are connected.</summary>
    public const int Connected = 500;

    /// <summary>How many znodes one more session owns.</summary>
    public const int OwnedByOne = 100_000;

    // None of them sends a ping.
    private const int SessionTimeout = 600_000;
    private const int AtOnce = 100;
    private const int InAMulti = 5000;

    private readonly List<WireConnection> _connections = [];

    public CrowdedSilo()
        : this(FreePort.Take())
    {
    }

    private CrowdedSilo(int httpPort)
        : base(new SiloOptions
        {
            Arguments =
            [
                "--four-letter-words", "*", "--max-session-timeout", $"{SessionTimeout}",
                "--http-port", httpPort.ToString(CultureInfo.InvariantCulture),
            ],
        }) =>
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = Soon };

    public HttpClient Http { get; }

    public override async Task InitializeAsync()
    {
        if (SiloExecutable.StandIn is not null)
            return;
        await base.InitializeAsync();
        for (int first = 0; first < Owners; first += AtOnce)
            await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(OwnOneAsync));
        var owner = await ConnectWireAsync(SessionTimeout);
        _connections.Add(owner);
        for (int first = 0; first < OwnedByOne; first += InAMulti)
        {
            string[] paths = [.. Enumerable.Range(first, InAMulti).Select(static i => $"/many-{i:d6}")];
            await owner.SendAsync(Frames.Multi(1, paths, MultiPart.CreateEphemeral));
            Assert.Equal(ErrorCode.Ok, (await owner.ReadReplyAsync()).Error);
        }
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        Http.Dispose();
        foreach (var connection in _connections)
            connection.Dispose();
        await DisposeAsync();
    }

    private async Task OwnOneAsync(int number)
    {
        var wire = await ConnectWireAsync(SessionTimeout);
        await wire.SendAsync(Frames.Create(1, $"/one-{number:d4}", mode: CreateMode.Ephemeral));
        Assert.Equal(ErrorCode.Ok, (await wire.ReadReplyAsync()).Error);
        if (number >= Connected)
        {
            wire.Dispose();
            return;
        }
        lock (_connections)
            _connections.Add(wire);
    }
}
