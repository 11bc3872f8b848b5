using System.Globalization;
using System.Text.Json;
using Coordination.Gateway.FourLetterWords;

namespace Coordination.Silo.Http;

/// <summary>What the AdminServer lists: connections, sessions, watches.</summary>
internal sealed class AdminListings(ServerListings listings)
{
    /// <summary>Lists the connections: plain ones, then encrypted ones.</summary>
    public async ValueTask WriteConnectionsAsync(AdminAnswer answer, Action<Utf8JsonWriter, ConnectionFigures> write)
    {
        foreach (bool isSecure in (bool[])[false, true])
        {
            answer.Json.WriteStartArray(isSecure ? "secure_connections" : "connections");
            foreach (var connection in listings.Connections())
            {
                if (connection.IsSecure != isSecure)
                    continue;
                answer.Json.WriteStartObject();
                write(answer.Json, connection);
                answer.Json.WriteEndObject();
                await answer.MakeRoomAsync();
            }
            answer.Json.WriteEndArray();
        }
    }

    /// <summary>Writes what <c>stats</c> tells of a connection.</summary>
    public void WriteBrief(Utf8JsonWriter json, ConnectionFigures connection)
    {
        json.WriteString("remote_socket_address", connection.Remote.ToString());
        json.WriteNumber("interest_ops", connection.InterestOperations);
        json.WriteNumber("outstanding_requests", connection.Outstanding);
        json.WriteNumber("packets_received", connection.Received);
        json.WriteNumber("packets_sent", connection.Sent);
    }

    /// <summary>Writes what <c>connections</c> tells of a connection.</summary>
    public void WriteFull(Utf8JsonWriter json, ConnectionFigures connection)
    {
        WriteBrief(json, connection);
        if (connection.SessionId == 0)
            return;
        json.WriteNumber("session_id", connection.SessionId);
        json.WriteString("last_operation", connection.LastOperationName);
        json.WriteNumber("established", connection.Established);
        json.WriteNumber("session_timeout", connection.SessionTimeout);
        json.WriteNumber("last_cxid", connection.LastXid);
        json.WriteNumber("last_zxid", connection.LastZxid);
        json.WriteNumber("last_response_time", connection.LastAnswered);
        json.WriteNumber("last_latency", connection.LastLatency);
        json.WriteNumber("min_latency", connection.LeastLatency);
        json.WriteNumber("avg_latency", connection.AverageLatency);
        json.WriteNumber("max_latency", connection.MostLatency);
    }

    /// <summary>Lists when sessions end unless their clients are heard, and the ephemeral znodes.</summary>
    public async ValueTask WriteDumpAsync(AdminAnswer answer)
    {
        answer.Json.WriteStartObject("expiry_time_to_session_ids");
        foreach (var (time, sessions) in listings.Expiries())
            await WriteAsync(answer, Text(time), sessions);
        answer.Json.WriteEndObject();
        answer.Json.WriteStartObject("session_id_to_ephemeral_paths");
        foreach (long session in listings.SessionsWithEphemerals())
            await WriteAsync(answer, Text(session), listings.EphemeralsOf(session));
        answer.Json.WriteEndObject();
    }

    /// <summary>Lists the watched paths by session.</summary>
    public async ValueTask WriteWatchesAsync(AdminAnswer answer)
    {
        answer.Json.WriteStartObject("session_id_to_watched_paths");
        foreach (var (session, paths) in listings.Watches())
            await WriteAsync(answer, Text(session), paths);
        answer.Json.WriteEndObject();
    }

    /// <summary>Lists the watching sessions by path.</summary>
    public async ValueTask WriteWatchesByPathAsync(AdminAnswer answer)
    {
        answer.Json.WriteStartObject("path_to_session_ids");
        foreach (var (path, sessions) in listings.WatchesByPath())
            await WriteAsync(answer, path, sessions);
        answer.Json.WriteEndObject();
    }

    private static async ValueTask WriteAsync(AdminAnswer answer, string name, IEnumerable<long> sessions)
    {
        answer.Json.WriteStartArray(name);
        foreach (long session in sessions)
        {
            answer.Json.WriteNumberValue(session);
            await answer.MakeRoomAsync();
        }
        answer.Json.WriteEndArray();
    }

    private static async ValueTask WriteAsync(AdminAnswer answer, string name, IEnumerable<string> paths)
    {
        answer.Json.WriteStartArray(name);
        foreach (string path in paths)
        {
            answer.Json.WriteStringValue(path);
            await answer.MakeRoomAsync();
        }
        answer.Json.WriteEndArray();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
