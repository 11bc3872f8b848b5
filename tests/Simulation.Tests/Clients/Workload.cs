using System.Text;
using Coordination.Engine.Requests;
using Coordination.Protocol;
using Coordination.Simulation.Tests.Checking;
using Coordination.Simulation.Tests.Connecting;

namespace Coordination.Simulation.Tests.Clients;

/// <summary>Makes up what a client asks for: few znodes, so that clients get into each other's way.</summary>
/// <param name="random">What decides it.</param>
/// <param name="longShare">How many requests are multis that are applied in pieces.</param>
internal sealed class Workload(Random random, double longShare)
{
    private const string Shared = "/n";
    private const string Queue = "/q";
    private const int SharedPaths = 6;
    private const int MostQueued = 24;
    private const int LeastLong = 300;
    private const int MostLong = 1300;

    private static readonly Acl[] _open = [Acl.Open];

    private readonly Dictionary<string, int> _versions = [];
    private string[] _queued = [];
    private int _lastValue;

    /// <summary>What to ask for first: the znodes that all else is under.</summary>
    public IEnumerable<ClientRequest> Beginning() => [Write(Shared, Create(Shared, 0)), Write(Queue, Create(Queue, 0))];

    /// <summary>What to ask for next.</summary>
    public ClientRequest Next()
    {
        string path = AnyShared();
        if (longShare > 0 && random.NextDouble() < longShare)
            return Write(path, LongMulti(path));
        switch (random.Next(24))
        {
            case 0 or 1:
                return Write(path, Create(path, random.Next(2)));
            case 2 or 3:
                return Write(path, new SetDataOperation(Utf8(path), Value(), Version(path)));
            case 4:
                return Write(path, new DeleteOperation(Utf8(path), Version(path)));
            case 5:
                return Write(path, Multi(path));
            case 6 or 7 when _queued.Length < MostQueued:
                return Write(Queue, Create($"{Queue}/s-", 2 + random.Next(2)));
            case 6 or 7 or 8 when _queued.Length > 0:
                string oldest = $"{Queue}/{_queued[random.Next(Math.Min(3, _queued.Length))]}";
                return Write(oldest, new DeleteOperation(Utf8(oldest), -1));
            case 6 or 7 or 8 or 9:
                return Write(Shared, new SetDataOperation(Utf8(Shared), Value(), -1));
            case 10 or 11 or 12 or 13 or 14:
                return Read(RequestKind.GetData, path);
            case 15 or 16 or 17:
                return Read(RequestKind.Exists, path);
            case 18 or 19:
                return Read(RequestKind.GetChildren, Queue);
            case 20:
                return Read(RequestKind.GetChildren, Shared);
            case 21 or 22:
                return new ClientRequest { Cxid = 0, Kind = RequestKind.Sync };
            default:
                return random.Next(20) == 0
                    ? new ClientRequest { Cxid = 0, Kind = RequestKind.CloseSession }
                    : Read(RequestKind.GetData, Shared);
        }
    }

    /// <summary>Remembers what an answer tells.</summary>
    public void Learn(ClientRequest request, AnswerMessage answer)
    {
        if (request.Kind == RequestKind.GetChildren && request.Path == Queue)
            _queued = ZnodeView.NamesIn(answer.Text);
        if (answer.Error == ErrorCode.Ok && request.Kind is RequestKind.GetData or RequestKind.Exists)
            _versions[request.Path] = answer.Version;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ClientRequest Write(string path, WriteOperation operation) =>
        new() { Cxid = 0, Kind = RequestKind.Write, Path = path, Operation = operation };

    private ClientRequest Read(RequestKind kind, string path) =>
        new() { Cxid = 0, Kind = kind, Path = path, Watches = random.Next(2) == 0 };

    private CreateOperation Create(string path, int mode) => new(Utf8(path), Value(), _open, mode, returnsStat: true);

    private MultiOperation Multi(string path) => new(
    [
        new CheckOperation(Utf8(Shared), _versions.TryGetValue(Shared, out int version) ? version : -1),
        Create($"{Queue}/m-", 2 + random.Next(2)),
        random.Next(2) == 0
            ? new SetDataOperation(Utf8(path), Value(), -1)
            : Create(path, random.Next(2)),
    ]);

    // The first does away with a znode, or makes it: while the rest is done, what is not there may have been.
    private MultiOperation LongMulti(string path)
    {
        string[] set = [Shared, random.Next(2) == 0 ? Shared : Other(path)];
        WriteOperation first = random.Next(2) == 0 ? new DeleteOperation(Utf8(path), -1) : Create(path, 0);
        return new MultiOperation(
        [
            first, Create($"{Queue}/l-", 2),
            .. Enumerable.Range(0, random.Next(LeastLong, MostLong)).Select(i => new SetDataOperation(Utf8(set[i & 1]), Value(), -1)),
        ]);
    }

    private string Other(string path)
    {
        string other = AnyShared();
        return other == path ? Shared : other;
    }

    private string AnyShared() => $"{Shared}/{random.Next(SharedPaths)}";

    private int Version(string path) => random.Next(2) == 0 && _versions.TryGetValue(path, out int version) ? version : -1;

    private byte[] Value() => Utf8($"{random.Next(1000)}.{++_lastValue}");
}
