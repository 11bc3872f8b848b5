using Coordination.Differential.Tests.Playing;
using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Generating;

/// <summary>Makes a sequence out of a seed, the same one each time.</summary>
/// <remarks>
/// Each sequence favours some kinds of steps and leaves others out: what only shows after many steps of few kinds is not
/// found by sequences that do everything.
/// </remarks>
internal sealed class SequenceGenerator
{
    private const int Shortest = 10;
    private const int Longest = 70;

    private static readonly int[] s_timeouts = [10_000, 40_000, 100_000];

    private readonly Random _random;
    private readonly RequestSource _requests;
    private readonly int _sessions;
    private readonly (int Weight, Func<int, Step> Make)[] _kinds;

    public SequenceGenerator(int seed)
    {
        _random = new Random(seed);
        _requests = new RequestSource(_random);
        _sessions = _random.Next(1, Side.Sessions + 1);
        _kinds =
        [
            .. Kinds().Select(kind => (kind.Weight * Draw.From(_random, [0, 1, 1, 1, 3]), kind.Make)),
            // Without these nothing happens.
            (15, _requests.Create), (5, _requests.Read),
        ];
    }

    public IReadOnlyList<Step> Generate()
    {
        int length = _random.Next(Shortest, Longest);
        var steps = new List<Step>();
        for (int i = 0; i < length; i++)
            steps.Add(Next(_kinds));
        for (int session = 0; session < _sessions; session++)
            steps.Add(new WalkStep(session));
        return steps;
    }

    private (int Weight, Func<int, Step> Make)[] Kinds() =>
    [
        (20, _requests.Create), (15, _requests.Delete), (15, _requests.SetData), (30, _requests.Read),
        (8, _requests.SetAcl), (4, _requests.GetAcl), (4, _requests.Authenticate), (15, _requests.Multi),
        (4, _requests.MultiRead), (10, _requests.Watch), (5, _requests.SetWatches), (6, _requests.Plain),
        (1, _requests.Unknown), (1, _requests.Reconfigure), (3, session => new CloseRequest(session)), (4, Attach), (8, Batch),
    ];

    private Step Next((int Weight, Func<int, Step> Make)[] kinds)
    {
        int left = _random.Next(kinds.Sum(kind => kind.Weight));
        int chosen = 0;
        while (left >= kinds[chosen].Weight)
            left -= kinds[chosen++].Weight;
        return kinds[chosen].Make(_random.Next(_sessions));
    }

    private Step Attach(int session) => new AttachStep(
        session,
        Draw.OneIn(_random, 50) ? AttachKind.WithWrongPasswordBeside : Draw.From(
            _random,
            [
                AttachKind.Rightly, AttachKind.Rightly, AttachKind.AfterDisconnecting, AttachKind.AfterDisconnecting,
                AttachKind.WithWrongPassword, AttachKind.WithoutPassword, AttachKind.FromTheFuture,
            ]),
        Draw.From(_random, s_timeouts));

    private Step Batch(int session)
    {
        Func<int, Request>[] kinds =
        [
            _requests.Create, _requests.Create, _requests.Delete, _requests.SetData, _requests.SetData, _requests.Read,
            _requests.Read, _requests.Read, _requests.Multi, _requests.GetAcl, _requests.Plain,
            _requests.AuthenticateAccepted, _requests.Watch, _requests.MultiRead,
        ];
        int length = _random.Next(2, 13);
        _requests.MayBeTooLong = false;
        List<Request> requests = [.. Enumerable.Range(0, length).Select(_ => Draw.From(_random, kinds)(session))];
        if (Draw.OneIn(_random, 3))
            InsertSetAcl(requests, (SetAclRequest)_requests.SetAcl(session));
        _requests.MayBeTooLong = true;
        return new BatchStep(session, requests);
    }

    // ZooKeeper judges writes right behind a setACL by the old ACL or the new one, as it happens; but not what it reads.
    private void InsertSetAcl(List<Request> requests, SetAclRequest setAcl)
    {
        int place = _random.Next(requests.Count + 1);
        var behind = requests[place..].FindAll(request => !request.Parts().Any(part => IsJudgedBy(part, setAcl.Path)));
        requests.RemoveRange(place, requests.Count - place);
        requests.Add(setAcl);
        requests.AddRange(behind);
    }

    private static bool IsJudgedBy(Step part, string guarded)
    {
        string? path = part switch
        {
            CreateRequest create => create.Path,
            DeleteRequest delete => delete.Path,
            SetDataRequest set => set.Path,
            SetAclRequest set => set.Path,
            CheckRequest check => check.Path,
            _ => null,
        };
        return path is not null && (path == guarded || path[..Math.Max(0, path.LastIndexOf('/'))] == guarded);
    }
}
