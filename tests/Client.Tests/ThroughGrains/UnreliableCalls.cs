using Coordination.Grains;
using Coordination.Grains.Messages;

namespace Coordination.Client.Tests.ThroughGrains;

/// <summary>Calls to the grains of connections, of which a test says what becomes.</summary>
internal sealed class UnreliableCalls(SiloInProcess silo)
{
    /// <summary>How often a chunk has come to its grain before one with a smaller number.</summary>
    public int Overtaken { get; private set; }

    /// <summary>What becomes of each call that brings a chunk; the first of each connection is left alone.</summary>
    public Func<Func<Task<ConnectionChunk>>, Task<ConnectionChunk>> PassChunk { get; set; } = static call => call();

    /// <summary>What becomes of each call that waits for one.</summary>
    public Func<Func<Task<ConnectionChunk>>, Task<ConnectionChunk>> PassWait { get; set; } = static call => call();

    public CoordinationClientOptions Connect(CoordinationClientOptions options) =>
        options with { Transport = new GrainTransport(id => new Calls(this, silo.Grains.GetGrain<IConnectionGrain>(id))) };

    private sealed class Calls(UnreliableCalls all, IConnectionGrain grain) : IConnectionGrain
    {
        private long _highest;

        public Task<ConnectionChunk> SendAsync(ConnectionChunk chunk) =>
            chunk.Number == 1 ? grain.SendAsync(chunk) : all.PassChunk(() => SendNowAsync(chunk));

        public Task<ConnectionChunk> ReceiveAsync(long number) => all.PassWait(() => grain.ReceiveAsync(number));

        public Task CloseAsync() => grain.CloseAsync();

        private Task<ConnectionChunk> SendNowAsync(ConnectionChunk chunk)
        {
            lock (all)
            {
                if (chunk.Number < _highest)
                    all.Overtaken++;
                _highest = Math.Max(_highest, chunk.Number);
            }
            return grain.SendAsync(chunk);
        }
    }
}
