using System.Runtime.InteropServices;
using Coordination.Engine;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Engine.Validation;
using Coordination.Gateway.Requests;
using Coordination.Protocol;

namespace Coordination.Gateway;

/// <summary>Carries out large writes on a tree of its own that nobody sees, some seconds after the start.</summary>
/// <remarks>What is seldom done is compiled without care by the runtime, and takes five times as long until it has been done some
/// dozens of times: all others would wait for as long beside the first multis of ten thousand.</remarks>
public static class Rehearsal
{
    private const int Rounds = 45;
    private const int Znodes = 300;
    private const int OtherZnodes = 20;
    private const long SessionId = 1;

    // Not while the silo starts, nor in one that ends at once; and with time between the rounds for what they made the runtime
    // compile.
    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _rest = TimeSpan.FromMilliseconds(40);

    /// <summary>Does it, and ends.</summary>
    /// <param name="time">The clock that it rests by.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static async Task RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await Task.Delay(_delay, time, cancellationToken);
        for (int round = 0; round < Rounds; round++)
        {
            Do();
            await Task.Delay(_rest, time, cancellationToken);
        }
    }

    private static void Do()
    {
        var state = CoordinationState.Genesis();
        using var play = new Play(state);
        play.Write(new Caller(0, 0, []), new OpenSessionOperation(SessionId, [], 1000, Guid.Empty));
        var caller = new Caller(SessionId, state.LastZxid, []);
        play.Write(caller, OperationCode.Create, static (record, path) => WriteCreate(record, path, CreateMode.Persistent), "/a");
        foreach (var mode in (CreateMode[])[CreateMode.Persistent, CreateMode.Ephemeral])
        {
            string[] paths = [.. Enumerable.Range(0, Znodes).Select(i => $"/a/{mode}-{i:d4}")];
            play.Multi(caller, paths, OperationCode.Create, (record, path) => WriteCreate(record, path, mode));
            play.Multi(caller, paths, OperationCode.SetData, WriteSetData);
            play.Multi(caller, paths, OperationCode.Check, WriteVersion);
            if (mode == CreateMode.Persistent)
                play.Multi(caller, paths, OperationCode.Delete, WriteVersion);
        }
        foreach (string path in Enumerable.Range(0, OtherZnodes).Select(static i => $"/b-{i}"))
        {
            play.Write(caller, OperationCode.Create, static (record, path) => WriteCreate(record, path, CreateMode.Persistent), path);
            play.Write(caller, OperationCode.SetData, WriteSetData, path);
            play.Write(caller, OperationCode.Delete, WriteVersion, path);
        }
        play.Write(caller, new CloseSessionOperation(SessionId, null));
    }

    private static void WriteCreate(JuteBuffer record, string path, CreateMode mode)
    {
        record.WriteString(path);
        record.WriteBuffer("data"u8);
        AclVector.Write(record, [Acl.Open]);
        record.WriteInt((int)mode);
    }

    private static void WriteSetData(JuteBuffer record, string path)
    {
        record.WriteString(path);
        record.WriteBuffer("other data"u8);
        record.WriteInt(-1);
    }

    private static void WriteVersion(JuteBuffer record, string path)
    {
        record.WriteString(path);
        record.WriteInt(-1);
    }

    // From the record to the answer, as a write goes, but for the log.
    private sealed class Play(CoordinationState state) : IDisposable
    {
        private const int ChangesAtOnce = 64;

        private readonly WriteValidator _validator = new(state, Guid.NewGuid());
        private readonly BatchWriter _batch = new();
        private readonly JuteBuffer _record = new();
        private readonly JuteBuffer _answer = new();
        private readonly List<ChangeResult> _results = [];

        public void Multi(Caller caller, string[] paths, OperationCode operation, Action<JuteBuffer, string> write)
        {
            _record.Clear();
            foreach (string path in paths)
            {
                WriteAnswer.WriteMultiHeader(_record, operation, done: false, -1);
                write(_record, path);
            }
            WriteAnswer.WriteMultiHeader(_record, OperationCode.Error, done: true, -1);
            var reader = new JuteReader(_record.WrittenSpan);
            Write(caller, WriteDecoder.Read(OperationCode.Multi, ref reader));
        }

        public void Write(Caller caller, OperationCode operation, Action<JuteBuffer, string> write, string path)
        {
            _record.Clear();
            write(_record, path);
            var reader = new JuteReader(_record.WrittenSpan);
            Write(caller, WriteDecoder.Read(operation, ref reader));
        }

        public void Write(Caller caller, WriteOperation operation)
        {
            _batch.Clear();
            var verdict = _validator.Validate(new Request(caller, operation), 0, _batch);
            if (verdict.Error != ErrorCode.Ok)
                throw new InvalidOperationException($"{operation.GetType().Name} is refused in a rehearsal: {verdict.Error}");
            var reader = new BatchReader(_batch.Body);
            while (reader.TryRead(out var entry))
                Apply(entry);
            _validator.Applied(state.LastZxid);
            _answer.Clear();
            WriteAnswer.WriteFrame(_answer, 0, operation, new WriteOutcome
            {
                Error = verdict.Error,
                Zxid = verdict.Zxid,
                FailedOperation = verdict.FailedOperation,
                Results = CollectionsMarshal.AsSpan(_results),
            });
        }

        public void Dispose()
        {
            _batch.Dispose();
            _record.Dispose();
            _answer.Dispose();
        }

        private void Apply(in LogEntry entry)
        {
            if (state.Begin(entry, _results) is not { } rest)
                return;
            while (!rest.GoOn(ChangesAtOnce))
                rest.Count();
            rest.End();
        }
    }

    private sealed class Request(Caller caller, WriteOperation operation) : WriteRequest(caller, operation, 0)
    {
        public override void Complete(in WriteOutcome outcome)
        {
        }
    }
}
