using Coordination.Engine.Log;
using Coordination.Storage;

namespace Coordination.History.Tests.Logs;

/// <summary>All entries of a log, from its first on.</summary>
internal sealed class CommittedLog
{
    private readonly Dictionary<(long Session, int Xid), List<LogEntry>> _byRequest = [];
    private readonly Dictionary<long, LogEntry> _byZxid = [];

    public CommittedLog(IReadOnlyList<LogEntry> entries)
    {
        Entries = entries;
        foreach (var entry in entries)
        {
            _byZxid.TryAdd(entry.Header.Zxid, entry);
            if (entry.Header.SessionId == 0)
                continue;
            var request = (entry.Header.SessionId, entry.Header.Cxid);
            if (!_byRequest.TryGetValue(request, out var written))
                _byRequest.Add(request, written = []);
            written.Add(entry);
        }
    }

    public IReadOnlyList<LogEntry> Entries { get; }

    /// <summary>The levels that its format was raised to, in order; none where it began at the highest.</summary>
    public IEnumerable<LogEntry> Raises => Entries.Where(entry => entry.Change.Kind == EntryKind.FormatLevel);

    public long LastZxid => Entries.Count == 0 ? 0 : Entries[^1].Header.Zxid;

    /// <summary>Reads a log to its end.</summary>
    public static async Task<CommittedLog> ReadAsync(ILog log, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry>();
        await foreach (var row in log.ReadAsync(default, cancellationToken))
        {
            var reader = new BatchReader(row.Body);
            while (reader.TryRead(out var entry))
                entries.Add(entry);
        }
        return new CommittedLog(entries);
    }

    /// <summary>What stands in the log for a request: nothing or one entry, unless something is wrong.</summary>
    public IReadOnlyList<LogEntry> Of(long session, int xid) =>
        _byRequest.TryGetValue((session, xid), out var entries) ? entries : [];

    /// <summary>Whether clients could number their writes when a zxid was the last: not before a raise let them.</summary>
    public bool TakesNumbersAt(long zxid)
    {
        var raise = Raises.FirstOrDefault(raise => raise.Change.Number >= LogFormat.OnceLevel);
        return raise.Header.Zxid <= zxid;
    }

    public bool TryGet(long zxid, out LogEntry entry) => _byZxid.TryGetValue(zxid, out entry);
}
