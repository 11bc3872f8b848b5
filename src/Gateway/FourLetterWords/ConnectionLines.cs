namespace Coordination.Gateway.FourLetterWords;

/// <summary>The connections, a line for each: <c>stat</c> has few words for them, <c>cons</c> many.</summary>
internal sealed class ConnectionLines(ConnectionTable connections)
{
    /// <summary>What <c>stat</c> tells.</summary>
    public IEnumerable<string> Brief() => connections.Connections.Select(static connection =>
        $" /{connection.Key}{Counts(connection.Value)})\n");

    /// <summary>What <c>cons</c> tells.</summary>
    public IEnumerable<string> Full() => connections.Connections.Select(static connection =>
        $" /{connection.Key}{Counts(connection.Value)}{Session(connection.Value)})\n");

    private static string Counts(ConnectionTraffic traffic) =>
        $"[{traffic.InterestOperations}](queued={traffic.Outstanding()},recved={traffic.Received},sent={traffic.Sent}";

    private static string Session(ConnectionTraffic traffic)
    {
        if (traffic.Session is not { } connection)
            return "";
        var answered = traffic.Answered;
        string lastXid = answered.LastXid < 0 ? "" : $",lcxid=0x{answered.LastXid:x}";
        return $",sid=0x{connection.Session.Id:x},lop={OperationName.Of(answered.LastOperation)}"
            + $",est={traffic.Established.ToUnixTimeMilliseconds()},to={connection.Session.TimeoutMilliseconds}{lastXid}"
            + $",lzxid=0x{answered.LastZxid:x},lresp={answered.LastAnsweredMilliseconds}"
            + $",llat={answered.LastMilliseconds},minlat={answered.LeastMilliseconds}"
            + $",avglat={answered.AverageMilliseconds},maxlat={answered.MostMilliseconds}";
    }
}
