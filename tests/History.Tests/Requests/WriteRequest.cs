using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>A request that becomes one entry of the log, or is refused.</summary>
internal abstract record WriteRequest : Request
{
    /// <summary>What it asks for, in order: itself, but for a multi.</summary>
    public abstract IReadOnlyList<SingleWrite> Parts { get; }

    /// <summary>Sends it under a number, under which it may be sent again; null for none.</summary>
    public abstract Task<Answer> SendAsync(RawZooKeeperClient client, WriteNumber? number);

    public sealed override Task<Answer> SendAsync(RawZooKeeperClient client) => SendAsync(client, null);
}
