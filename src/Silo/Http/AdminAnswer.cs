using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coordination.Silo.Http;

/// <summary>The JSON that answers a command, sent while it is written: some answers tell of a million watches.</summary>
internal sealed class AdminAnswer(HttpContext context) : IDisposable
{
    private const int BytesAtOnce = 16 * 1024;

    // Nothing reads it as HTML: paths and DNs stay legible.
    private static readonly JsonWriterOptions _options =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What the answer's fields are written to.</summary>
    public Utf8JsonWriter Json { get; } = new(context.Response.BodyWriter, _options);

    /// <summary>Sends what was written, where it is much.</summary>
    public async ValueTask MakeRoomAsync()
    {
        if (Json.BytesPending + context.Response.BodyWriter.UnflushedBytes >= BytesAtOnce)
            await SendAsync();
    }

    /// <summary>Sends what was written.</summary>
    public async ValueTask SendAsync()
    {
        Json.Flush();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();
}
