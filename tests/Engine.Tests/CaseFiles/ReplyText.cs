using Coordination.Engine.Tests.Servers;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Writes replies and events as cases expect them.</summary>
/// <param name="sessionNames">What the sessions' ids are called in the case.</param>
internal sealed class ReplyText(IReadOnlyDictionary<long, int> sessionNames)
{
    public static string Of(int session, in ReceivedEvent received) =>
        $"session {session}: {received.Type} {PathText(received.Path)} {ZxidText.Of(received.Zxid)}";

    public static string Of(ErrorCode error) => error.ToString().ToUpperInvariant();

    /// <summary>The lines for a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="done">What to say where there is nothing to tell but that it is done.</param>
    /// <param name="isWrite">Whether the zxid is that of the write, which cases pin down.</param>
    public IEnumerable<string> Lines(Reply reply, string done, bool isWrite)
    {
        if (reply.Error != ErrorCode.Ok)
            return [Of(reply.Error)];
        string zxid = isWrite ? $"{ZxidText.Of(reply.Zxid)} " : "";
        if (reply.Results is null)
            return [zxid + Describe(reply, done)];
        bool failed = reply.Results.Any(result => result.Error != ErrorCode.Ok);
        return reply.Results
            .Select(result => "  " + (failed ? Of(result.Error) : Describe(result, "ok")))
            .Prepend(failed ? "failed" : $"{zxid}multi");
    }

    private string Describe(Reply reply, string done)
    {
        var words = new List<string>();
        if (reply.Path is { } path)
            words.Add(PathText(path));
        if (reply.HasData)
            words.Add(reply.Data is null ? "null" : Token.Quote(reply.Data));
        if (reply.Acls is { } acls)
            words.Add(AclText.Of(acls));
        if (reply.Children is { } children)
            words.Add($"[{string.Join(", ", children)}]");
        if (reply.FirstNumber is { } first)
            words.Add($"first={first}");
        if (reply.Stat is { } stat)
            words.Add(Describe(stat));
        return words.Count == 0 ? done : string.Join(' ', words);
    }

    private string Describe(in Stat stat)
    {
        var words = new List<string>
        {
            $"czxid={ZxidText.Of(stat.Czxid)}",
            $"mzxid={ZxidText.Of(stat.Mzxid)}",
            $"ctime={stat.Ctime}",
            $"mtime={stat.Mtime}",
        };
        Add("version", stat.Version);
        Add("cversion", stat.Cversion);
        Add("aversion", stat.Aversion);
        if (stat.EphemeralOwner != 0)
            words.Add($"ephemeralOwner=session-{sessionNames.GetValueOrDefault(stat.EphemeralOwner)}");
        Add("dataLength", stat.DataLength);
        Add("numChildren", stat.NumChildren);
        words.Add($"pzxid={ZxidText.Of(stat.Pzxid)}");
        return string.Join(' ', words);

        void Add(string name, int value)
        {
            if (value != 0)
                words.Add($"{name}={value}");
        }
    }

    private static string PathText(string path)
    {
        string quoted = Token.Quote(System.Text.Encoding.UTF8.GetBytes(path));
        return path.Contains(' ') || quoted.Length != path.Length + 2 ? quoted : path;
    }
}
