using System.Threading.Channels;
using Coordination.Engine.Log;
using Coordination.Engine.Requests;
using Coordination.Grains.Writing;
using Coordination.Protocol;
using Coordination.Storage;

namespace Coordination.Gateway.Auditing;

/// <summary>The audit log: a line for every write of a client, done or refused, and for every znode that goes with its
/// session; ZooKeeper's <c>audit.enable</c>.</summary>
/// <remarks>Lines wait in a bounded queue for a task that writes them, since the state is locked while they are made.
/// Where it writes too slowly, lines are lost, and a line says how many.</remarks>
public sealed class AuditLog : IWriteAudit, IAsyncDisposable
{
    private const int MostWaiting = 64 * 1024;
    private const int MostAtOnce = 1024;

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(MostWaiting);
    private readonly Action<IReadOnlyList<string>> _write;
    private readonly Task _writing;
    private long _lost;

    /// <summary>Starts a log, with the line that the server has started.</summary>
    /// <param name="write">Writes lines; called one at a time, never by a thread that serves clients.</param>
    public AuditLog(Action<IReadOnlyList<string>> write)
    {
        _write = write;
        Put($"user={Environment.UserName}\toperation=serverStart\tresult=success");
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Put($"user={Environment.UserName}\toperation=serverStop\tresult=invoked");
        _waiting.Writer.TryComplete();
        await _writing;
    }

    /// <inheritdoc/>
    public void Take(Caller caller, WriteOperation operation, in WriteOutcome outcome)
    {
        bool isDone = outcome.Error == ErrorCode.Ok;
        if (operation is DeleteTreeOperation && isDone)
        {
            foreach (var result in outcome.Results)
                Put(AuditLine.Of(caller, new DeleteOperation(result.Path.ToArray(), -1), result));
        }
        else if (operation is not MultiOperation multi)
        {
            // What a session or the server itself asks for has no result, and no line.
            Put(AuditLine.Of(caller, operation, isDone && !outcome.Results.IsEmpty ? outcome.Results[0] : null));
        }
        else if (!isDone)
        {
            Put(AuditLine.OfRefusedMulti(caller));
        }
        else
        {
            int change = 0;
            foreach (var one in multi.Operations)
            {
                if (one is not CheckOperation)
                    Put(AuditLine.Of(caller, one, outcome.Results[change++]));
            }
        }
    }

    /// <summary>Takes note of the znodes that have gone with their sessions in a row that was applied, whoever wrote it: as in
    /// ZooKeeper, each server's log tells of them.</summary>
    public void Take(LogRow row)
    {
        var entries = new BatchReader(row.Body);
        while (entries.TryRead(out var entry))
        {
            if (entry.Change.Kind != EntryKind.CloseSession)
                continue;
            foreach (var deletion in entry.Change.Items)
                Put(AuditLine.OfEphemeral(entry.Change.SessionId, deletion.Path.Span));
        }
    }

    private void Put(string? line)
    {
        if (line is not null && !_waiting.Writer.TryWrite(line))
            Interlocked.Increment(ref _lost);
    }

    private async Task WriteAsync()
    {
        var lines = new List<string>(MostAtOnce);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            lines.Clear();
            while (lines.Count < MostAtOnce && _waiting.Reader.TryRead(out string? line))
                lines.Add(line);
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                lines.Add($"operation=audit\tlost={lost}\tresult=failure");
            _write(lines);
        }
    }
}
