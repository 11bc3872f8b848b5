namespace Coordination.Gateway.FourLetterWords;

/// <summary>The connections, a line for each: <c>stat</c> has few words for them, <c>cons</c> many.</summary>
internal sealed class ConnectionLines(ServerListings listings)
{
    /// <summary>What <c>stat</c> tells.</summary>
    public IEnumerable<string> Brief() =>
        listings.Connections().Select(static connection => $" /{connection.Remote}{Counts(connection)})\n");

    /// <summary>What <c>cons</c> tells.</summary>
    public IEnumerable<string> Full() => listings.Connections().Select(static connection =>
        $" /{connection.Remote}{Counts(connection)}{Session(connection)})\n");

    private static string Counts(ConnectionFigures connection) =>
        $"[{connection.InterestOperations}](queued={connection.Outstanding},recved={connection.Received},sent={connection.Sent}";

    private static string Session(ConnectionFigures connection)
    {
        if (connection.SessionId == 0)
            return "";
        string lastXid = connection.LastXid < 0 ? "" : $",lcxid=0x{connection.LastXid:x}";
        return $",sid=0x{connection.SessionId:x},lop={connection.LastOperationName},est={connection.Established}"
            + $",to={connection.SessionTimeout}{lastXid},lzxid=0x{connection.LastZxid:x},lresp={connection.LastAnswered}"
            + $",llat={connection.LastLatency},minlat={connection.LeastLatency},avglat={connection.AverageLatency}"
            + $",maxlat={connection.MostLatency}";
    }
}
