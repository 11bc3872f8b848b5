using Coordination.Differential.Tests.Steps;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Generating;

/// <summary>Requests of every kind, one at a time.</summary>
internal sealed class RequestSource(Random random)
{
    private static readonly byte[]?[] s_data = [null, [], "x"u8.ToArray(), "yy"u8.ToArray(), new byte[100]];
    private static readonly int[] s_lengths = [5_000, 100_000, 1_048_300, 1_048_575, 1_200_000];
    private static readonly int[] s_strangeModes = [4, 5, 6, 7, -1, 99];
    private static readonly long[] s_strangeTtls = [0, -1, 1, 1L << 40, (1L << 40) - 1, long.MaxValue, long.MinValue];

    private static readonly string?[] s_members = [null, null, "", "2", "server.2=localhost:2888:3888;2181", "nonsense"];

    private readonly AclSource _acls = new(random);
    private readonly Dictionary<string, WatchKind> _watchKinds = [];
    private readonly bool _mixesWatchKinds = Draw.OneIn(random, 4);

    public PathSource Paths { get; } = new(random);

    /// <summary>
    /// Whether requests may be too long: not among others, since ZooKeeper ends the connection without answering those
    /// before.
    /// </summary>
    public bool MayBeTooLong { get; set; } = true;

    public Request Create(int session)
    {
        var operation = random.Next(16) switch
        {
            < 7 => OperationCode.Create,
            < 13 => OperationCode.Create2,
            13 => OperationCode.CreateContainer,
            _ => OperationCode.CreateTtl,
        };
        var mode = operation switch
        {
            OperationCode.CreateContainer => CreateMode.Container,
            OperationCode.CreateTtl when !Draw.OneIn(random, 8) => (CreateMode)random.Next(5, 7),
            _ => Draw.OneIn(random, 25) ? (CreateMode)Draw.From(random, s_strangeModes) : (CreateMode)random.Next(4),
        };
        string path = Paths.Next();
        if (!PathSource.IsInside(path) && mode is (CreateMode.PersistentSequential or CreateMode.EphemeralSequential
            or CreateMode.PersistentSequentialWithTtl))
        {
            mode = CreateMode.Ephemeral;
        }

        // A time that is none, with a mode that has none, ends the process of 3.8.
        bool hasTtl = mode is CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl;
        long ttl = hasTtl && Draw.OneIn(random, 4) ? Draw.From(random, s_strangeTtls) : 1_000_000;
        return new CreateRequest(session, operation, path, NextData(), mode, _acls.NextOrOpen(), ttl);
    }

    public Request Delete(int session) => new DeleteRequest(session, Paths.Next(), NextVersion());

    public Request SetData(int session) => new SetDataRequest(session, Paths.Next(), NextData(), NextVersion());

    public Request Check(int session) => new CheckRequest(session, Paths.Next(), NextVersion());

    public Request SetAcl(int session) => new SetAclRequest(session, Paths.Next(), _acls.Next(), NextVersion());

    public Request GetAcl(int session) => new GetAclRequest(session, Paths.Next());

    public Request Read(int session) => Read(session, Paths.Next());

    public Request Plain(int session)
    {
        var operation = Draw.From(
            random,
            [
                OperationCode.Sync, OperationCode.GetEphemerals, OperationCode.GetAllChildrenNumber, OperationCode.WhoAmI,
            ]);
        string path = operation switch
        {
            OperationCode.GetEphemerals => Paths.NextPrefix(),
            OperationCode.Sync or OperationCode.GetAllChildrenNumber => Paths.NextToBeSentBack(),
            _ => "",
        };
        return new PlainRequest(session, operation, path);
    }

    public Request Authenticate(int session)
    {
        var (scheme, credentials) = _acls.NextIdentity();
        return new AuthenticateRequest(session, scheme, credentials);
    }

    /// <summary>Requests before it are answered, too: ZooKeeper ends the connection at once for an identity that it refuses.</summary>
    public Request AuthenticateAccepted(int session)
    {
        var (scheme, credentials) = _acls.NextAcceptedIdentity();
        return new AuthenticateRequest(session, scheme, credentials);
    }

    public Request Multi(int session)
    {
        List<Request> operations = [MultiPart(session), .. Draw.Some(random, 5, () => MultiPart(session))];
        if (Draw.OneIn(random, 30))
            operations.Clear();
        return new MultiRequest(session, OperationCode.Multi, operations);
    }

    public Request MultiRead(int session) =>
        new MultiRequest(session, OperationCode.MultiRead, Draw.Some(random, 6, () => MultiReadPart(session)));

    public Request Watch(int session)
    {
        var operation = Draw.From(
            random, [OperationCode.AddWatch, OperationCode.AddWatch, OperationCode.RemoveWatches, OperationCode.CheckWatches]);
        string path = Paths.Next();
        // What ZooKeeper says of a path without a slash depends on whether anybody has a recursive watch.
        if (!PathSource.IsInside(path))
            path = "~";
        var kind = KindOf(path);
        if (operation == OperationCode.AddWatch)
        {
            return kind == WatchKind.Standard
                ? Read(session, path)
                : new WatchRequest(session, operation, path, Draw.OneIn(random, 50) ? 9 : (int)kind - 1);
        }

        int type = random.Next(12) switch
        {
            0 => 9,
            1 => 4,
            2 => 5,
            < 7 when kind == WatchKind.Standard => random.Next(1, 3),
            _ => (int)WatcherType.Any,
        };
        return new WatchRequest(session, operation, path, type);
    }

    public Request SetWatches(int session)
    {
        var operation = Draw.From(random, [OperationCode.SetWatches, OperationCode.SetWatches2]);
        int kinds = operation == OperationCode.SetWatches ? 3 : 5;
        List<IReadOnlyList<string>?> paths = [];
        for (int i = 0; i < kinds; i++)
        {
            int kind = i;
            paths.Add(
                Draw.OneIn(random, 60) ? null : Draw.Some(random, 3, () => NextWatched(Math.Max(0, kind - 2))));
        }

        return new SetWatchesRequest(session, operation, Draw.OneIn(random, 6) ? null : random.Next(8), paths);
    }

    // Not -10: ZooKeeper takes it from a client, and then has a session of nobody. And no check outside of a multi that
    // succeeds: 3.8 never answers it.
    public Request Unknown(int session) => random.Next(10) switch
    {
        0 => new CheckRequest(session, "/nowhere/a", -1),
        1 => new DeleteContainerRequest(session, Paths.Next()),
        _ => new UnknownRequest(session, Draw.From(random, [10, 23, 99, 500, -1, 0, int.MaxValue])),
    };

    public Request Reconfigure(int session) => new ReconfigureRequest(
        session, Draw.From(random, s_members), Draw.From(random, s_members), Draw.From(random, s_members), NextVersion());

    private ReadRequest Read(int session, string path) => new(
        session,
        Draw.From(random, [OperationCode.Exists, OperationCode.GetData, OperationCode.GetChildren, OperationCode.GetChildren2]),
        path,
        KindOf(path) == WatchKind.Standard && random.Next(3) > 0);

    // Up to 3.8, a connection has watches of one kind only on a path, that of the last. What comes behind the difference is
    // not compared, so in most sequences a path is given one kind.
    private WatchKind KindOf(string path)
    {
        if (_mixesWatchKinds || !_watchKinds.TryGetValue(path, out var kind))
            _watchKinds[path] = kind = (WatchKind)Math.Max(0, random.Next(5) - 2);
        return kind;
    }

    private string NextWatched(int kind)
    {
        const int MostTries = 20;
        for (int i = 0; i < MostTries; i++)
        {
            // A null path is of no kind; 3.8 watches it where the watch is one of addWatch's.
            string path = kind == (int)WatchKind.Standard && Draw.OneIn(random, 60) ? PathSource.Null : Paths.NextToBeSentBack();
            if (path == PathSource.Null || KindOf(path) == (WatchKind)kind)
                return path;
        }

        string own = $"~/watched{kind}";
        _watchKinds[own] = (WatchKind)kind;
        return own;
    }

    private Request MultiPart(int session) => random.Next(40) switch
    {
        < 18 => CreateInMulti(session),
        < 25 => Delete(session),
        < 33 => SetData(session),
        < 39 => Check(session),
        _ => Draw.OneIn(random, 2) ? SetAcl(session) : MultiReadPart(session),
    };

    // 3.8 looks at the mode alone, 3.9 at the operation too; and a mode that cannot be is found as the multi is decoded, but
    // by 3.8 only when its turn comes.
    private CreateRequest CreateInMulti(int session)
    {
        var create = (CreateRequest)Create(session);
        if (create.Operation == OperationCode.CreateContainer)
            return create with { Mode = CreateMode.Container };
        bool lacksTtl = create.Operation != OperationCode.CreateTtl
            && create.Mode is (CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl);
        return lacksTtl || !Enum.IsDefined(create.Mode) ? create with { Mode = CreateMode.Persistent, Ttl = 1 } : create;
    }

    private Request MultiReadPart(int session) => Draw.OneIn(random, 30)
        ? Check(session)
        : new ReadRequest(
            session, Draw.From(random, [OperationCode.GetData, OperationCode.GetChildren]), Paths.Next(), false);

    private byte[]? NextData() => Draw.OneIn(random, 300) && MayBeTooLong
        ? new byte[Draw.From(random, s_lengths)]
        : Draw.From(random, s_data);

    private int NextVersion() => random.Next(10) switch
    {
        < 5 => -1,
        < 9 => random.Next(3),
        _ => Draw.From(random, [-2, 7, int.MaxValue, int.MinValue]),
    };
}
