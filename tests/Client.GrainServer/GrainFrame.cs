using Coordination.Grains.Messages;

namespace Coordination.Client.GrainServer;

/// <summary>A call to the grain of a connection, or its answer, on its way between two processes.</summary>
/// <param name="Number">The number of the call, which its answer bears too.</param>
/// <param name="Call">Which call it is.</param>
/// <param name="Chunk">What it brings.</param>
internal readonly record struct GrainFrame(int Number, GrainCall Call, ConnectionChunk Chunk);
