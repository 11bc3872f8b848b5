using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Tests.Checks;
using Coordination.Engine.Tests.Servers;
using Coordination.Engine.Tree;
using Coordination.Protocol;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Puts one case to a server.</summary>
internal sealed class CaseRun : IDisposable
{
    private readonly Dictionary<int, List<IConnection>> _connections = [];
    private readonly Dictionary<int, long> _lastZxidSeen = [];
    private readonly Dictionary<long, int> _sessionNames = [];
    private readonly Queue<Command> _held = new();
    private readonly List<string> _lines = [];
    private readonly ReplyText _text;
    private readonly CheckpointRows _start = CheckpointRows.Genesis();
    private readonly Func<CheckpointRows, IServer> _startServer;
    private IServer? _server;
    private bool _holds;

    public CaseRun(Func<CheckpointRows, IServer> startServer)
    {
        _startServer = startServer;
        _text = new ReplyText(_sessionNames);
    }

    private EngineServer Engine => (EngineServer)_server!;

    /// <summary>Carries out a block and returns the lines that it gave.</summary>
    public IReadOnlyList<string> Run(CaseBlock block)
    {
        _lines.Clear();
        foreach (var command in block.Commands)
        {
            if (command.Verb == "load")
                Load(command);
            else
                Run(command);
        }
        return [.. _lines];
    }

    /// <summary>Checks what has to hold however the case went.</summary>
    public void Check() => (_server as EngineServer)?.Check();

    public void Dispose() => _server?.Dispose();

    private void Load(Command command)
    {
        if (_server is not null)
            throw new FormatException("load comes before everything else");
        _start.Put(new ZnodeRow
        {
            Path = command.Argument(0).Bytes,
            Data = command.Data(1),
            Acl = AclTable.Encode(AclText.Parse(command.Option("acl") ?? "open")),
            CreatedChildren = command.Number("created", 0),
            Version = command.Number("version", 0),
            Aversion = command.Number("aversion", 0),
        });
    }

    private void Run(Command command)
    {
        if (_server is null)
        {
            _server = _startServer(_start);
            Connect(1, _server.Open());
        }
        if (_holds && CallOf.Command(command) is { Write: { } held } call && command.Verb != "close")
            Hold(command, held, call.Once);
        else if (_holds && command.Verb == "close")
            Hold(command, new CloseSessionOperation(ConnectionOf(command).SessionId, null), default);
        else if (CallOf.Command(command) is { } other)
            Tell(command, ConnectionOf(command).Execute(other), other.Write is not null || command.Verb == "close");
        else
            RunOther(command);
    }

    private void RunOther(Command command)
    {
        switch (command.Verb)
        {
            case "open":
                Connect(command.Session, _server!.Open());
                Say("opened");
                break;
            case "attach":
                var attached = _server!.Attach(_connections[command.Session][^1], command.Option("password") != "wrong");
                if (attached is not null)
                    Connect(command.Session, attached);
                Say(attached is null ? ReplyText.Of(ErrorCode.SessionExpired) : "attached");
                break;
            case "drop":
                ConnectionOf(command).Drop();
                Say("dropped");
                break;
            case "auth":
                Say(ReplyText.Of(ConnectionOf(command).Authenticate(command.Argument(0).Text, command.Argument(1).Bytes)));
                break;
            case "setwatches" or "setwatches2":
                long since = command.Option("zxid") is { } zxid
                    ? ZxidText.Parse(zxid) : _lastZxidSeen.GetValueOrDefault(command.Session);
                Tell(command, ConnectionOf(command).Execute(CallOf.SetWatches(command, since)), isWrite: false);
                break;
            case "expire":
                Tell(command, Engine.Expire(ConnectionOf(command)), isWrite: true);
                break;
            default:
                RunBehindTheProtocol(command);
                break;
        }
    }

    private void RunBehindTheProtocol(Command command)
    {
        switch (command.Verb)
        {
            case "hold":
                _holds = true;
                break;
            case "apply":
                _holds = false;
                while (_held.TryDequeue(out var held))
                    Tell(held, Engine.ApplyNext(), isWrite: true);
                break;
            case "lose":
                _holds = false;
                _held.Clear();
                Engine.LoseInFlight();
                break;
            case "skip":
                Engine.SkipTo(ZxidText.Parse(command.Argument(0).Text));
                break;
            case "takeover":
                Engine.TakeOver();
                break;
            case "time":
                Engine.Time = long.Parse(command.Argument(0).Text);
                break;
            case "memory":
                Engine.HasRoomToGrow = command.Argument(0).Text != "full";
                break;
            case "ttl":
                Engine.TakesTimeToLive = command.Argument(0).Text != "off";
                break;
            case "sweep":
                Engine.Sweep();
                TellEvents();
                break;
            case "unused" when _holds:
                Engine.Validate(Caller.Service, RemoveUnused(command));
                _held.Enqueue(command);
                break;
            case "unused":
                Tell(command, Engine.Carry(Caller.Service, RemoveUnused(command)), isWrite: true);
                break;
            case "address":
                ((EngineConnection)ConnectionOf(command)).SetAddress(command.Argument(0).Text);
                break;
            default:
                throw new FormatException($"no such command: {command.Line}");
        }
    }

    private static RemoveUnusedOperation RemoveUnused(Command command) => new(command.Argument(0).Bytes);

    private void Hold(Command command, WriteOperation operation, OnceNumber once)
    {
        Engine.Validate(((EngineConnection)ConnectionOf(command)).Caller, operation, once);
        _held.Enqueue(command);
    }

    private IConnection ConnectionOf(Command command)
    {
        var ofSession = _connections[command.Session];
        return ofSession[command.Number("connection", ofSession.Count) - 1];
    }

    private void Connect(int session, IConnection connection)
    {
        if (!_connections.TryGetValue(session, out var ofSession))
            _connections.Add(session, ofSession = []);
        ofSession.Add(connection);
        _sessionNames[connection.SessionId] = session;
    }

    // What a session hears comes before any reply that shows it: so it is told first.
    private void Tell(Command command, Reply reply, bool isWrite)
    {
        TellEvents();
        if (reply.Zxid > 0 && command.Verb is not ("setwatches" or "setwatches2"))
            _lastZxidSeen[command.Session] = reply.Zxid;
        _lines.AddRange(_text.Lines(reply, DoneBy(command.Verb), isWrite));
    }

    private void Say(string line)
    {
        TellEvents();
        _lines.Add(line);
    }

    private void TellEvents()
    {
        foreach (var (session, connections) in _connections.OrderBy(pair => pair.Key))
        {
            foreach (var received in connections.SelectMany(connection => connection.TakeEvents()))
                _lines.Add(ReplyText.Of(session, received));
        }
    }

    private static string DoneBy(string verb) => verb switch
    {
        "close" or "expire" => "closed",
        "delete" or "deletetree" or "unused" => "deleted",
        _ => "ok",
    };
}
