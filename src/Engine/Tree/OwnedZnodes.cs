using System.Collections;

namespace Coordination.Engine.Tree;

/// <summary>Znodes that have something in common that makes them go: the session that owns them, or a mark of their own.</summary>
/// <remarks>There may be a million. Each knows its place, so none is searched for, and the last takes the place of one that is
/// removed: adding or removing one moves at most two chunks, as does whatever comes after a snapshot.</remarks>
public sealed class OwnedZnodes : IReadOnlyCollection<Znode>
{
    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;
    private const int LeastChunk = 4;

    internal static readonly OwnedZnodes None = new();

    private Chunk[] _chunks = new Chunk[1];

    internal OwnedZnodes()
    {
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>The znode at a place, from 0 to below <see cref="Count"/>.</summary>
    public Znode this[int place] => At(place);

    /// <summary>Keeps the znodes as they are now, to be walked when the replica's lock is let go.</summary>
    /// <remarks>Takes the chunks by reference: whichever changes afterwards is copied first. Readers may do so side by
    /// side, since all of them set the same flags.</remarks>
    public Snapshot TakeSnapshot()
    {
        var chunks = new Znode[(Count + ChunkLength - 1) >> ChunkBits][];
        for (int i = 0; i < chunks.Length; i++)
        {
            _chunks[i].IsShared = true;
            chunks[i] = _chunks[i].Items;
        }
        return new Snapshot(chunks, Count);
    }

    /// <inheritdoc/>
    public IEnumerator<Znode> GetEnumerator()
    {
        for (int place = 0; place < Count; place++)
            yield return At(place);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(Znode node)
    {
        int at = Count >> ChunkBits, index = Count & (ChunkLength - 1);
        if (at == _chunks.Length)
            Array.Resize(ref _chunks, at * 2);
        ref var chunk = ref _chunks[at];
        if (chunk.Items is null)
            chunk.Items = new Znode[at == 0 ? LeastChunk : ChunkLength];
        else if (index == chunk.Items.Length)
            chunk.Resize(index * 2);
        else
            chunk.Own();
        chunk.Items[index] = node;
        node.Place = Count++;
    }

    internal void Remove(Znode node)
    {
        var last = At(--Count);
        Set(node.Place, last);
        last.Place = node.Place;
        Set(Count, null!);
        // Not at once: one who comes and goes at the edge of a chunk would have it made each time.
        int behind = (Count >> ChunkBits) + 1;
        if ((Count & (ChunkLength - 1)) == ChunkLength / 2 && behind < _chunks.Length)
            _chunks[behind] = default;
    }

    private Znode At(int place) => _chunks[place >> ChunkBits].Items[place & (ChunkLength - 1)];

    private void Set(int place, Znode node)
    {
        ref var chunk = ref _chunks[place >> ChunkBits];
        chunk.Own();
        chunk.Items[place & (ChunkLength - 1)] = node;
    }

    private struct Chunk
    {
        public Znode[] Items;
        public bool IsShared;

        public void Own()
        {
            if (IsShared)
                Resize(Items.Length);
        }

        public void Resize(int length)
        {
            var own = new Znode[length];
            Array.Copy(Items, own, Items.Length);
            Items = own;
            IsShared = false;
        }
    }

    /// <summary>The znodes at one moment.</summary>
    /// <remarks>Only what never changes of a znode may be looked at without the replica's lock: its name and its path.</remarks>
    public sealed class Snapshot
    {
        private readonly Znode[][] _chunks;

        internal Snapshot(Znode[][] chunks, int count)
        {
            _chunks = chunks;
            Count = count;
        }

        /// <summary>How many there were.</summary>
        public int Count { get; }

        /// <summary>The znodes, in no order.</summary>
        public IEnumerable<Znode> Znodes
        {
            get
            {
                for (int place = 0; place < Count; place++)
                    yield return _chunks[place >> ChunkBits][place & (ChunkLength - 1)];
            }
        }
    }
}
