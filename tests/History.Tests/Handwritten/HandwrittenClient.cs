using System.Text;
using Coordination.Engine.Log;
using Coordination.Engine.Tree;
using Coordination.History.Tests.Logs;
using Coordination.History.Tests.Recording;
using Coordination.History.Tests.Requests;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Handwritten;

/// <summary>A client of a <see cref="HandwrittenRun"/>.</summary>
internal sealed class HandwrittenClient
{
    private readonly HandwrittenRun _run;
    private int _lastXid;
    private long _arrivals;

    public HandwrittenClient(HandwrittenRun run, SessionHistory session)
    {
        _run = run;
        Session = session;
        Connect();
    }

    public SessionHistory Session { get; }

    public ConnectionHistory Connection => Session.Connections[^1];

    /// <summary>Goes on by another connection, attached by an entry.</summary>
    public void Reconnect()
    {
        _run.Append(0, 0, batch => batch.WriteAttachSession(Session.Id, 4000, Guid.Empty));
        Connect();
    }

    /// <summary>Asks, and hears nothing yet.</summary>
    public Operation Ask(Request request)
    {
        var operation = new Operation(Connection, ++_lastXid, request, _run.Step());
        Connection.Operations.Add(operation);
        return operation;
    }

    /// <summary>Sends a write under a number, and hears nothing yet.</summary>
    public Operation Ask(WriteRequest request, long number)
    {
        var operation = new Operation(Connection, ++_lastXid, request, _run.Step()) { Number = new WriteNumber(number, 1) };
        Connection.Operations.Add(operation);
        return operation;
    }

    /// <summary>Answers with any answer.</summary>
    public void Answer(Operation operation, Answer answer) =>
        operation.Complete(answer with { Arrival = ++_arrivals }, _run.Step());

    /// <summary>Answers a write with what the log's last entry did.</summary>
    public void Acknowledge(Operation operation) => Answer(operation, RightAnswer(operation.Request));

    /// <summary>A write that goes as it should.</summary>
    public Operation Do(WriteRequest request)
    {
        var operation = Ask(request);
        Log(operation);
        Acknowledge(operation);
        return operation;
    }

    /// <summary>A write that is refused, as of the log's end.</summary>
    public Operation Refuse(WriteRequest request, ErrorCode error)
    {
        var operation = Ask(request);
        Answer(operation, new Answer(error, _run.LastZxid, 0));
        return operation;
    }

    /// <summary>A read that goes as it should, from the log's end.</summary>
    public Operation Read(ReadKind kind, string path, bool watch = false)
    {
        var operation = Ask(new ReadRequest(kind, path, watch));
        Answer(operation, RightRead(kind, path));
        return operation;
    }

    /// <summary>Several reads that go as they should, from the log's end.</summary>
    public Operation ReadSeveral(params IReadOnlyList<(ReadKind Kind, string Path)> parts)
    {
        var operation = Ask(new MultiReadRequest(parts));
        Answer(operation, new Answer(ErrorCode.Ok, _run.LastZxid, 0)
        {
            Results =
            [
                .. parts.Select(part => (part.Kind, RightRead(part.Kind, part.Path))).Select(read => read.Item2.Error == ErrorCode.Ok
                    ? new MultiResult(
                        read.Kind == ReadKind.Data ? OperationCode.GetData : OperationCode.GetChildren, ErrorCode.Ok)
                    {
                        Data = read.Item2.Data,
                        Children = read.Item2.Children,
                        Stat = read.Kind == ReadKind.Data ? read.Item2.Stat : null,
                    }
                    : new MultiResult(OperationCode.Error, read.Item2.Error)),
            ],
        });
        return operation;
    }

    /// <summary>A look at an ACL, and what it is told.</summary>
    public void ReadAcl(string path, params IReadOnlyList<AclEntry> entries) => Answer(
        Ask(new GetAclRequest(path)), RightRead(ReadKind.Exists, path) with { Acl = entries });

    public Operation Sync()
    {
        var operation = Ask(new SyncRequest("/"));
        Answer(operation, new Answer(ErrorCode.Ok, _run.LastZxid, 0));
        return operation;
    }

    /// <summary>Arms watches again.</summary>
    public Operation SetWatches(long relativeZxid, WatchSet watches, params ReadOnlySpan<Happening> missed)
    {
        var operation = Ask(new SetWatchesRequest(relativeZxid, watches));
        foreach (var happening in missed)
            Tell(happening.Type, happening.Path, -1);
        Answer(operation, new Answer(ErrorCode.Ok, _run.LastZxid, 0));
        return operation;
    }

    public void Watch(string path, AddWatchMode mode) =>
        Answer(Ask(new AddWatchRequest(path, mode)), new Answer(ErrorCode.Ok, _run.LastZxid, 0));

    public void Tell(WatchEventType type, string path, long zxid) =>
        Connection.Events.Add(new ReceivedEvent(type, path, zxid, ++_arrivals, _run.Step()));

    /// <summary>Is heard.</summary>
    public void Ping() => Connection.Pings.Enqueue(new HeardAt(_run.Step(), _run.Step()));

    /// <summary>Closes the session, as it should go.</summary>
    public void Close(params string[] ephemerals)
    {
        var operation = Ask(new CloseRequest());
        _run.AppendClosing(Session.Id, ephemerals);
        Answer(operation, new Answer(ErrorCode.Ok, _run.LastZxid, 0));
    }

    /// <summary>Puts the entry of a request into the log, allowed or not.</summary>
    /// <returns>Its zxid.</returns>
    public long Log(Operation operation) => _run.Append(Session.Id, operation.Xid, batch =>
    {
        if (operation.Number is { } given)
            batch.WriteOnce(new OnceNumber(given.Number, given.FirstOpen));
        if (operation.Request is not MultiRequest multi)
        {
            Write(batch, (SingleWrite)operation.Request);
            return;
        }
        var mark = batch.BeginMulti();
        var changes = multi.Writes.Where(write => write is not CheckRequest).ToList();
        foreach (var write in changes)
            Write(batch, write);
        batch.EndList(mark, changes.Count);
    });

    private void Connect()
    {
        _arrivals = 0;
        Session.Connections.Add(new ConnectionHistory(Session, Session.Connections.Count, "handwritten"));
        Ping();
    }

    private void Write(BatchWriter batch, SingleWrite write)
    {
        byte[] path = Encoding.UTF8.GetBytes(write.Path);
        switch (write)
        {
            case CreateRequest create:
                int created = _run.State.Find(Paths.ParentOf(create.Path))!.CreatedChildren;
                batch.WriteCreate(
                    create.IsSequential ? Encoding.UTF8.GetBytes($"{create.Path}{created:d10}") : path,
                    Encoding.UTF8.GetBytes(create.Data), [], OwnerOf(create), created + 1);
                break;
            case SetDataRequest set:
                batch.WriteSetData(path, Encoding.UTF8.GetBytes(set.Data), _run.State.Find(set.Path)!.Stat.Version + 1);
                break;
            case SetAclRequest setAcl:
                batch.WriteSetAcl(
                    path, AclTable.Encode([new Protocol.Acl((Protocol.Permissions)setAcl.Allowed, Protocol.Identity.Anyone)]),
                    _run.State.Find(setAcl.Path)!.Stat.Aversion + 1);
                break;
            default:
                batch.WriteDelete(path);
                break;
        }
    }

    private long OwnerOf(CreateRequest create) => create.Mode switch
    {
        CreateMode.Container => OwnerMark.Container,
        CreateMode.PersistentWithTtl => OwnerMark.OfTimeToLive(create.TimeToLive),
        _ => create.IsEphemeral ? Session.Id : 0,
    };

    private Answer RightAnswer(Request request)
    {
        var answer = new Answer(ErrorCode.Ok, _run.LastZxid, 0);
        var result = _run.Results[0];
        return request switch
        {
            CreateRequest => answer with
            {
                Path = Encoding.UTF8.GetString(result.Path.Span),
                Stat = result.Stat.ToWire(),
            },
            SetDataRequest or SetAclRequest => answer with { Stat = result.Stat.ToWire() },
            MultiRequest multi => answer with { Results = ResultsOf(multi) },
            _ => answer,
        };
    }

    private List<MultiResult> ResultsOf(MultiRequest multi)
    {
        var results = new List<MultiResult>();
        int next = 0;
        foreach (var write in multi.Writes)
        {
            var result = write is CheckRequest ? default : _run.Results[next++];
            results.Add(write switch
            {
                CreateRequest => new MultiResult(OperationCode.Create2, ErrorCode.Ok)
                {
                    Path = Encoding.UTF8.GetString(result.Path.Span),
                    Stat = result.Stat.ToWire(),
                },
                SetDataRequest => new MultiResult(OperationCode.SetData, ErrorCode.Ok) { Stat = result.Stat.ToWire() },
                DeleteRequest => new MultiResult(OperationCode.Delete, ErrorCode.Ok),
                _ => new MultiResult(OperationCode.Check, ErrorCode.Ok),
            });
        }
        return results;
    }

    private Answer RightRead(ReadKind kind, string path)
    {
        if (_run.State.Find(path) is not { } znode)
            return new Answer(ErrorCode.NoNode, _run.LastZxid, 0);
        var answer = new Answer(ErrorCode.Ok, _run.LastZxid, 0) { Stat = znode.Stat.ToWire() };
        return kind switch
        {
            ReadKind.Data => answer with { Data = znode.Data.ToArray() },
            ReadKind.Children => answer with { Children = NamesOf(znode) },
            _ => answer,
        };
    }

    private static List<string> NamesOf(Znode znode)
    {
        var names = new List<string>();
        foreach (var child in znode.Children)
            names.Add(Encoding.UTF8.GetString(child.Name));
        return names;
    }
}
