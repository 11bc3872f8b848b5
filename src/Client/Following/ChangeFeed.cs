using System.Threading.Channels;
using Coordination.Protocol;

namespace Coordination.Client.Following;

/// <summary>What one watch on one connection has told, on its way to its reader; whole zxids only.</summary>
/// <remarks>Where the reader is far behind, it ends, and what it has not told is asked for again.</remarks>
internal sealed class ChangeFeed(int number, string chroot, string path)
{
    private const int Mark = 0;
    private const long MostBytes = 8 << 20;
    private const int BytesOfEach = 256;

    private readonly Channel<ToldChanges> _told =
        Channel.CreateUnbounded<ToldChanges>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = false });

    private List<ZnodeChange> _ofZxid = [];
    private long _bytesOfZxid;
    private long _bytes;

    internal int Number => number;

    /// <summary>What was told, until contact is lost or the reader is too far behind.</summary>
    internal async IAsyncEnumerable<ToldChanges> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var told in _told.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Add(ref _bytes, -told.Bytes);
            yield return told;
        }
    }

    internal void End() => _told.Writer.TryComplete();

    /// <summary>Takes what the server tells; called by the thread that reads the connection.</summary>
    internal void Take(int kind, long zxid, ref JuteReader body)
    {
        if (kind == Mark)
        {
            Put(zxid);
            return;
        }
        if (kind == (int)ZnodeChangeKind.HistoryLost)
        {
            Add(new ZnodeChange(ZnodeChangeKind.HistoryLost, path, zxid));
            Put(zxid);
            return;
        }
        var change = Read((ZnodeChangeKind)kind, zxid, ref body);
        Add(change);
        if (change.IsLastOfZxid)
            Put(zxid);
    }

    private void Add(ZnodeChange change)
    {
        _ofZxid.Add(change);
        _bytesOfZxid += BytesOfEach + (change.Data?.Length ?? 0) + (change.Previous?.Length ?? 0);
    }

    private void Put(long zxid)
    {
        var told = new ToldChanges(_ofZxid, zxid, _bytesOfZxid + BytesOfEach);
        _ofZxid = [];
        _bytesOfZxid = 0;
        // One is always taken, however large.
        long before = Interlocked.Add(ref _bytes, told.Bytes) - told.Bytes;
        if (before > MostBytes)
            End();
        else
            _told.Writer.TryWrite(told);
    }

    private ZnodeChange Read(ZnodeChangeKind kind, long zxid, ref JuteReader body)
    {
        bool isLast = body.ReadBool();
        long time = body.ReadLong();
        string path = ChrootPath.ToClient(chroot, body.ReadString());
        bool isDataKnown = body.ReadBool();
        byte[]? data = body.ReadBufferAsArray();
        bool isPreviousKnown = body.ReadBool();
        byte[]? previous = body.ReadBufferAsArray();
        return new ZnodeChange(kind, path, zxid)
        {
            IsLastOfZxid = isLast,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(time),
            IsDataKnown = isDataKnown,
            Data = Known(data),
            IsPreviousKnown = isPreviousKnown,
            Previous = Known(previous),
            Stat = body.ReadBool() ? Stat.Read(ref body) : null,
        };
    }

    // A null array alone would become the empty memory.
    private static ReadOnlyMemory<byte>? Known(byte[]? bytes) => bytes is null ? (ReadOnlyMemory<byte>?)null : bytes;
}
