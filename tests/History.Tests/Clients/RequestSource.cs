using System.Globalization;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Clients;

/// <summary>What a client asks for next: few znodes, many clients, so that they get into each other's way.</summary>
internal sealed class RequestSource(string client, Random random)
{
    private const int Registers = 4;
    private const int Branches = 3;
    private const int MostOwn = 20;

    private readonly Dictionary<string, int> _versions = [];
    private readonly Dictionary<string, int> _aclVersions = [];
    private readonly List<string> _own = [];
    private int _number;

    /// <summary>What has to be there before anybody begins.</summary>
    public static IEnumerable<string> Roots =>
    [
        "/h", "/h/queue", "/h/locks", "/h/ephemerals", "/h/tree",
        .. Enumerable.Range(0, Registers).Select(Register),
    ];

    /// <summary>One of those that everybody writes, and nobody deletes.</summary>
    public static string AnyRegister(Random random) => Register(random.Next(Registers));

    public Request Next() => random.Next(100) switch
    {
        < 12 => new SetDataRequest(AnyRegister(), Text()),
        < 22 => SetAtVersion(AnyRegister()),
        < 30 => CreateInTree(),
        < 36 => new DeleteRequest(AnyOfTree()),
        < 41 => new CreateRequest("/h/queue/item-", Text(), CreateMode.PersistentSequential),
        < 45 => new CreateRequest("/h/locks/lock-", Text(), CreateMode.EphemeralSequential),
        < 49 => new CreateRequest(AnyEphemeral(), Text(), CreateMode.Ephemeral),
        < 52 => new DeleteRequest(AnyEphemeral()),
        < 57 when _own.Count > 0 => new DeleteRequest(TakeOwn()),
        < 64 => Multi(),
        < 66 => SetAcl(),
        66 => new GetAclRequest(AnyPath()),
        < 70 => new MultiReadRequest(
            (ReadKind.Data, AnyRegister()), (ReadKind.Children, AnyParent()), (ReadKind.Data, AnyPath())),
        < 80 => new ReadRequest(ReadKind.Data, AnyPath(), Watches()),
        < 87 => new ReadRequest(ReadKind.Exists, AnyPath(), Watches()),
        < 94 => new ReadRequest(ReadKind.Children, AnyParent(), Watches()),
        < 98 => new SyncRequest("/h"),
        98 => new AddWatchRequest("/h/tree", AddWatchMode.PersistentRecursive),
        _ => new AddWatchRequest(AnyRegister(), AddWatchMode.Persistent),
    };

    /// <summary>Learns from an answer what to ask for next.</summary>
    public void Learn(Operation operation)
    {
        if (operation.Answer is not { Outcome: ErrorCode.Ok } answer)
            return;
        if (operation.Request is CreateRequest { IsSequential: true })
            _own.Add(answer.Path!);
        else if (operation.Request is SetDataRequest or SetAclRequest or ReadRequest && PathOf(operation.Request) is var path)
            (_versions[path], _aclVersions[path]) = (answer.Stat!.Value.Version, answer.Stat.Value.Aversion);
    }

    private static string PathOf(Request request) =>
        request is ReadRequest read ? read.Path : ((SingleWrite)request).Path;

    private static string Register(int number) => $"/h/register-{number}";

    // What a client makes must not pile up: lists of children are read often.
    private string TakeOwn()
    {
        int place = _own.Count > MostOwn ? 0 : random.Next(_own.Count);
        string path = _own[place];
        _own.RemoveAt(place);
        return path;
    }

    private CreateRequest CreateInTree() => random.Next(4) switch
    {
        0 => new CreateRequest(AnyBranch(), Text(), CreateMode.Container),
        1 => new CreateRequest(AnyOfTree(), Text(), CreateMode.PersistentWithTtl) { TimeToLive = random.Next(100, 1500) },
        _ => new CreateRequest(AnyOfTree(), Text()),
    };

    // Often enough everything, so that others get on.
    private SetAclRequest SetAcl()
    {
        string path = random.Next(2) == 0 ? AnyRegister() : AnyOfTree();
        var allowed = random.Next(6) switch
        {
            0 => Permissions.All ^ Permissions.Write,
            1 => Permissions.All ^ Permissions.Create,
            2 => Permissions.All ^ Permissions.Delete,
            _ => Permissions.All,
        };
        return new SetAclRequest(path, allowed, random.Next(2) == 0 ? -1 : _aclVersions.GetValueOrDefault(path));
    }

    private SetDataRequest SetAtVersion(string path) =>
        new(path, Text(), Math.Max(0, _versions.GetValueOrDefault(path) - (random.Next(8) == 0 ? 1 : 0)));

    private MultiRequest Multi() => random.Next(4) switch
    {
        0 => new MultiRequest(SetAtVersion(AnyRegister()), new SetDataRequest(AnyRegister(), Text())),
        1 => new MultiRequest(CheckOf(AnyRegister()), new CreateRequest(AnyOfTree(), Text())),
        2 => new MultiRequest(
            new CreateRequest(AnyOfTree(), Text()), new SetDataRequest(AnyRegister(), Text()), new DeleteRequest(AnyOfTree())),
        _ => new MultiRequest(
            new CreateRequest("/h/queue/item-", Text(), CreateMode.PersistentSequential), CheckOf(AnyRegister()),
            new CreateRequest(AnyEphemeral(), Text(), CreateMode.Ephemeral)),
    };

    private CheckRequest CheckOf(string path) =>
        new(path, random.Next(2) == 0 ? -1 : _versions.GetValueOrDefault(path));

    private string AnyRegister() => AnyRegister(random);

    private string AnyOfTree() => random.Next(3) == 0 ? AnyBranch() : $"{AnyBranch()}/leaf-{random.Next(4)}";

    private string AnyBranch() => $"/h/tree/branch-{random.Next(Branches)}";

    private string AnyEphemeral() => $"/h/ephemerals/e-{random.Next(6)}";

    private string AnyParent() => random.Next(6) switch
    {
        0 => "/h/queue",
        1 => "/h/locks",
        2 => "/h/ephemerals",
        3 => "/h/tree",
        _ => AnyBranch(),
    };

    private string AnyPath() => random.Next(6) switch
    {
        < 3 => AnyRegister(),
        3 => AnyEphemeral(),
        _ => AnyOfTree(),
    };

    private bool Watches() => random.Next(3) == 0;

    private string Text() => string.Create(CultureInfo.InvariantCulture, $"{client} {++_number}");
}
