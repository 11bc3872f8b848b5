using System.IO.Pipelines;

namespace Coordination.Gateway.Tls;

/// <summary>What a session reads and writes on an encrypted connection.</summary>
internal sealed class EncryptedTransport(Stream encrypted) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(encrypted, new StreamPipeReaderOptions(leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(encrypted, new StreamPipeWriterOptions(leaveOpen: true));
}
