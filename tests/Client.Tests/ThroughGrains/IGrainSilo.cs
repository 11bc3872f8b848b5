using System.Net;
using Coordination.Grains;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>A silo that clients reach by its grains, and that ends and starts again on its data.</summary>
internal interface IGrainSilo : IAsyncDisposable
{
    /// <summary>Where other clients reach it.</summary>
    IPEndPoint ClientEndPoint { get; }

    /// <summary>How it ends.</summary>
    string Ending { get; }

    /// <summary>The grain of a connection.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    IConnectionGrain Connection(Guid id);

    /// <summary>Ends it.</summary>
    Task EndAsync();

    /// <summary>Starts it again.</summary>
    Task StartAgainAsync();
}
