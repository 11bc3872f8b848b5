namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Makes cases that nobody thought of, to be put to two servers.</summary>
/// <remarks>Leaves out what is known to differ between versions: everybody may read everything.</remarks>
internal sealed class RandomCase(Random random)
{
    private const int Sessions = 3;

    private static readonly string[] s_names = ["a", "b", "c", "n-0000000000", "0000000001", "é"];

    private static readonly string[] s_badPaths =
        ["nonsense", "\"\"", "/a/", "//", "/a//b", "/.", "/a/..", "\"/\\x00\"", "\"/\\x01\"", "\"/😀\"", "a/b", "\"/\\xff\""];

    private static readonly string[] s_acls =
    [
        "open", "open", "open", "world:anyone:r", "world:anyone:rw", "world:anyone:rc", "world:anyone:rwcd",
        "world:anyone:r,digest:bob:fyVmFCwVbTJYrznoSu1koqYEYF0=:cdrwa", "auth::cdrwa,world:anyone:r",
        "ip:127.0.0.1:cdrwa,world:anyone:r", "ip:10.0.0.0/8:wa,world:anyone:r", "empty", "world:nobody:r", "nonsense:x:r",
        "world:anyone:r,world:anyone:r", "digest:bob::r", "ip:1.2.3:r",
    ];

    public Case Generate(int length)
    {
        var made = new Case($"{length} random commands");
        var lines = new List<string> { "open session=2", "open session=3", "auth digest bob:secret session=2" };
        for (int i = 0; i < length; i++)
            lines.AddRange(Next());
        lines.AddRange(["close session=2", "close session=3", "children2 /", "children2 /a"]);
        foreach (string line in lines)
            made.Blocks.Add(BlockOf(line));
        return made;
    }

    private static CaseBlock BlockOf(string line)
    {
        string[] parts = line.Split('\n');
        var command = Command.Parse(parts[0]);
        command.Operations.AddRange(parts.Skip(1).Select(Command.Parse));
        return new CaseBlock([command], [], 0);
    }

    private IEnumerable<string> Next()
    {
        int session = 1 + random.Next(Sessions);
        string through = $" session={session}";
        switch (random.Next(30))
        {
            case 0 when session > 1:
                return
                [
                    "drop" + through, "attach" + through,
                    $"setwatches data={Path()},{Path()} exist={Path()} child={Path()},{Path()}" + through,
                ];
            case < 4:
                return [Create(Verb("create", "create2", "createcontainer", "createttl")) + " ttl=100000000" + through];
            case < 18:
                return [Write() + through];
            case < 21:
                var operations = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => InMulti());
                return [$"multi{through}\n{string.Join('\n', operations)}"];
            default:
                string watch = random.Next(2) == 0 ? " watch" : "";
                return [$"{Verb("get", "exists", "children", "children2", "getacl")} {AnyPath()}{watch}{through}"];
        }
    }

    private string Write() => random.Next(12) switch
    {
        < 5 => Create("create"),
        < 8 => $"delete {AnyPath()}{Version()}",
        < 11 => $"set {AnyPath()} {Data()}{Version()}",
        _ => $"setacl {AnyPath()} {Acl()}{Version()}",
    };

    private string InMulti() => random.Next(8) switch
    {
        < 4 => Create("create"),
        < 6 => $"delete {AnyPath()}{Version()}",
        6 => $"set {AnyPath()} {Data()}{Version()}",
        _ => $"check {AnyPath()}{Version()}",
    };

    private string Create(string verb)
    {
        string slash = random.Next(12) == 0 ? "/" : "";
        string kind = random.Next(12) switch
        {
            < 2 => " ephemeral",
            < 5 => " sequential",
            5 => " ephemeral sequential",
            6 => $" flags={random.Next(-1, 8)}",
            _ => "",
        };
        // The flag of a container, or of a time to live, makes in a multi what it does not make alone.
        if (verb == "create" && kind.StartsWith(" flags", StringComparison.Ordinal))
            kind = "";
        string path = AnyPath();
        return $"{verb} {(path[0] == '"' ? path : path + slash)} {Data()}{kind} acl={Acl()}";
    }

    private string Verb(params string[] verbs) => verbs[random.Next(verbs.Length)];

    private string Version() => random.Next(4) == 0 ? $" version={random.Next(-2, 4)}" : "";

    private string Acl() => random.Next(4) == 0 ? s_acls[random.Next(s_acls.Length)] : "open";

    private string Data() => random.Next(5) switch
    {
        0 => "null",
        1 => "\"\"",
        _ => $"\"{new string('x', random.Next(5))}\"",
    };

    private string AnyPath() => random.Next(25) switch
    {
        0 => s_badPaths[random.Next(s_badPaths.Length)],
        1 => "/",
        2 => Verb("/zookeeper", "/zookeeper/quota", "/zookeeper/config"),
        _ => Path(),
    };

    private string Path()
    {
        string path = "";
        for (int depth = 1 + random.Next(3); depth > 0; depth--)
            path += "/" + s_names[random.Next(random.Next(3) == 0 ? s_names.Length : 2)];
        return path;
    }
}
