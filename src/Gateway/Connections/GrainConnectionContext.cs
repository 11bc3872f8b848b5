using System.IO.Pipelines;
using System.Net;
using Coordination.Grains.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Coordination.Gateway.Connections;

/// <summary>A connection that comes through a grain, as the handler of those over sockets knows it.</summary>
internal sealed class GrainConnectionContext : ConnectionContext, IConnectionLifetimeNotificationFeature
{
    private readonly ConnectionPipe _pipe;

    public GrainConnectionContext(Guid connection, ConnectionPipe pipe, CancellationToken stopping)
    {
        _pipe = pipe;
        ConnectionId = connection.ToString("n");
        ConnectionClosedRequested = stopping;
        RemoteEndPoint = new GrainEndPoint(connection);
        Transport = pipe;
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    public override string ConnectionId { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public CancellationToken ConnectionClosedRequested { get; set; }

    public void RequestClose() => Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _pipe.Abort();
}
