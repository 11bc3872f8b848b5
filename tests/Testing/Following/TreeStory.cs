using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Testing.Following;

/// <summary>What somebody was told of a tree from its creation on, held to what was promised: every change once, in order, with
/// the data and what was there before.</summary>
/// <param name="top">The znode at the top of the tree.</param>
public sealed class TreeStory(string top)
{
    private const string Unknown = "(unknown)";
    private const string Nothing = "(null)";

    private readonly Dictionary<string, ToldZnode> _znodes = [];
    private readonly HashSet<long> _zxids = [];
    private long _through;
    private int _childrenCameAndWent;

    /// <summary>All up to this zxid was told.</summary>
    public long Through => Volatile.Read(ref _through);

    /// <summary>How many changes were told.</summary>
    public int Changes { get; private set; }

    /// <summary>How many of them told what was there before, where something was.</summary>
    public int PreviousKnown { get; private set; }

    /// <summary>Whether a change of that zxid was told.</summary>
    public bool HasToldOf(long zxid) => _zxids.Contains(zxid);


    /// <summary>Takes all changes of a zxid, or a mark.</summary>
    /// <exception cref="InvalidOperationException">They contradict what was told before.</exception>
    public void Tell(IReadOnlyList<ToldUpdate> ofZxid)
    {
        long zxid = ofZxid[0].Zxid;
        if (ofZxid[0].Kind == ToldUpdateKind.Mark)
        {
            Volatile.Write(ref _through, Math.Max(_through, zxid));
            return;
        }
        Check(zxid > _through, ofZxid[0], $"a zxid above 0x{_through:x}");
        for (int i = 0; i < ofZxid.Count; i++)
        {
            Check(ofZxid[i].Zxid == zxid && ofZxid[i].IsLast == (i == ofZxid.Count - 1), ofZxid[i], "one zxid");
            Take(ofZxid[i]);
        }
        _zxids.Add(zxid);
        Volatile.Write(ref _through, zxid);
    }

    /// <summary>Compares what was told with what is there.</summary>
    /// <param name="client">A client whose server has all that was written.</param>
    /// <exception cref="InvalidOperationException">It is not the same.</exception>
    public async Task CompareAsync(RawZooKeeperClient client)
    {
        var stat = (await client.ExistsAsync(top)).Value;
        var names = (await client.GetChildrenAsync(top)).Value;
        string[] told = [.. _znodes.Keys.Where(path => path != top).Order(StringComparer.Ordinal)];
        string[] there = [.. names.Select(name => $"{top}/{name}").Order(StringComparer.Ordinal)];
        if (!told.SequenceEqual(there))
            throw new InvalidOperationException(
                $"{told.Except(there).Count()} too many and {there.Except(told).Count()} too few are told to be there");
        // What came and went leaves its trace in the parent alone.
        if (stat.Cversion != _childrenCameAndWent)
            throw new InvalidOperationException($"children came and went {stat.Cversion} times, {_childrenCameAndWent} were told");
        foreach (var (path, znode) in _znodes)
        {
            var (data, its) = (await client.GetDataAsync(path)).Value;
            if ((Text(data), its.Version, its.Aversion) != (znode.Data, znode.Version, znode.AclVersion))
                throw new InvalidOperationException($"{path} was told to be {znode}, and is {Text(data)}, version {its.Version}");
        }
    }

    private void Take(ToldUpdate update)
    {
        Changes++;
        _znodes.TryGetValue(update.Path, out var before);
        bool isCreate = update.Kind == ToldUpdateKind.Created;
        Check(before is null == isCreate, update, before is null ? "its creation" : "a znode that was not there");
        string previous = update.IsPreviousKnown ? Text(update.Previous) : Unknown;
        Check(previous == (before?.Data ?? Nothing) || (previous == Unknown && !isCreate), update, $"{before?.Data} before");
        if (update.IsPreviousKnown && before is not null)
            PreviousKnown++;
        if (isCreate || update.Kind == ToldUpdateKind.Deleted)
            _childrenCameAndWent += update.Path == top ? 0 : 1;
        if (update.Kind == ToldUpdateKind.Deleted)
        {
            _znodes.Remove(update.Path);
            return;
        }
        var now = After(update, before);
        Check(update.Stat is not { } stat || (stat.Version == now.Version && stat.Aversion == now.AclVersion), update, $"{now}");
        _znodes[update.Path] = now;
    }

    private static ToldZnode After(ToldUpdate update, ToldZnode? before)
    {
        string data = update.IsDataKnown ? Text(update.Data) : Unknown;
        switch (update.Kind)
        {
            case ToldUpdateKind.Created:
                Check(data != Unknown, update, "its data");
                return new ToldZnode(data, 0, 0);
            case ToldUpdateKind.DataSet:
                Check(data != Unknown, update, "its data");
                return before! with { Data = data, Version = before.Version + 1 };
            default:
                Check(data == Unknown || data == before!.Data, update, $"{before!.Data} as its data");
                return before! with { AclVersion = before.AclVersion + 1 };
        }
    }

    private static string Text(byte[]? data) => data is null ? Nothing : Encoding.UTF8.GetString(data);

    private static void Check(bool isRight, ToldUpdate update, string expected)
    {
        if (!isRight)
            throw new InvalidOperationException($"{update} was told, where {expected} was expected");
    }

    private sealed record ToldZnode(string Data, int Version, int AclVersion);
}
