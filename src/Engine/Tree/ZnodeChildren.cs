namespace Coordination.Engine.Tree;

/// <summary>What a znode has once it has had a child: its children, sorted by name, and their history.</summary>
/// <remarks>A sorted list in chunks, so that adding to a million children moves at most one chunk, and every silo lists
/// them in the same order.</remarks>
public sealed class ZnodeChildren
{
    private const int LeastChunk = 4;
    private const int MostChunk = 256;

    internal static readonly ZnodeChildren None = new();

    private Chunk[] _chunks = [];
    private int _chunkCount;

    // The chunk and the index behind the child that was removed last.
    private int _behindRemoved;

    internal ZnodeChildren()
    {
    }

    /// <summary>How many children there are.</summary>
    public int Count { get; private set; }

    /// <summary>The zxid that last created or deleted a child.</summary>
    internal long Pzxid { get; set; }

    /// <summary>How many children were ever created; wraps around as an int does.</summary>
    internal int Created { get; set; }

    /// <summary>The children in the byte order of their names.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Keeps the children as they are now, to be walked when the replica's lock is let go.</summary>
    /// <remarks>Takes the chunks by reference: whichever changes afterwards is copied first. Readers may do so side by
    /// side, since all of them set the same flags.</remarks>
    public Snapshot TakeSnapshot()
    {
        foreach (ref var chunk in _chunks.AsSpan(0, _chunkCount))
            chunk.IsShared = true;
        return new Snapshot(this);
    }

    internal void Add(Znode child)
    {
        Count++;
        if (_chunkCount == 0)
        {
            InsertChunk(0, new Chunk(new Znode[LeastChunk], 0));
        }
        int at = FindChunk(child.Name);
        ref Chunk chunk = ref _chunks[at];
        int index = ~IndexIn(chunk, child.Name);
        if (index < 0)
            throw new InvalidOperationException("a child of that name is there already");
        if (chunk.Count == MostChunk)
        {
            Split(at, index);
            at = FindChunk(child.Name);
            chunk = ref _chunks[at];
            index = ~IndexIn(chunk, child.Name);
        }
        if (chunk.Count == chunk.Items.Length)
            chunk.Resize(Math.Min(MostChunk, chunk.Items.Length * 2));
        else
            chunk.Own();
        Array.Copy(chunk.Items, index, chunk.Items, index + 1, chunk.Count - index);
        chunk.Items[index] = child;
        chunk.Count++;
    }

    internal void Remove(Znode child)
    {
        if (!IsBehindRemoved(child, out int at, out int index))
        {
            at = FindChunk(child.Name);
            index = IndexIn(_chunks[at], child.Name);
            if (index < 0)
                throw new InvalidOperationException("no child of that name is there");
        }
        ref Chunk chunk = ref _chunks[at];
        chunk.Own();
        Count--;
        chunk.Count--;
        Array.Copy(chunk.Items, index + 1, chunk.Items, index, chunk.Count - index);
        chunk.Items[chunk.Count] = null!;
        _behindRemoved = chunk.Count == 0 || index < chunk.Count ? (at * MostChunk) + index : (at + 1) * MostChunk;
        if (chunk.Count == 0)
            RemoveChunk(at);
        else if (chunk.Items.Length > LeastChunk && chunk.Count <= chunk.Items.Length / 4)
            chunk.Resize(chunk.Items.Length / 2);
    }

    // Queues lose their children in the order of the names, and so do parents what a closing session owned.
    private bool IsBehindRemoved(Znode child, out int at, out int index)
    {
        at = _behindRemoved / MostChunk;
        index = _behindRemoved % MostChunk;
        return at < _chunkCount && index < _chunks[at].Count && ReferenceEquals(_chunks[at].Items[index], child);
    }

    // The last chunk that starts at or before the name; the first where all start behind it.
    private int FindChunk(ReadOnlySpan<byte> name)
    {
        int low = 0, high = _chunkCount - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_chunks[middle].Count > 0 && _chunks[middle].Items[0].Name.SequenceCompareTo(name) > 0)
                high = middle - 1;
            else
                low = middle;
        }
        return low;
    }

    private static int IndexIn(in Chunk chunk, ReadOnlySpan<byte> name)
    {
        // Sequential names, and many others, come in order: look behind the last one first.
        if (chunk.Count == 0 || chunk.Items[chunk.Count - 1].Name.SequenceCompareTo(name) < 0)
            return ~chunk.Count;
        int low = 0, high = chunk.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = chunk.Items[middle].Name.SequenceCompareTo(name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    // Names that come in order fill chunks whole: a split at the end moves nothing.
    private void Split(int at, int insertAt)
    {
        _chunks[at].Own();
        Chunk full = _chunks[at];
        int kept = insertAt == full.Count ? full.Count - 1 : full.Count / 2;
        var moved = new Znode[insertAt == full.Count ? MostChunk : Math.Max(LeastChunk, full.Count - kept + MostChunk / 8)];
        Array.Copy(full.Items, kept, moved, 0, full.Count - kept);
        Array.Clear(full.Items, kept, full.Count - kept);
        _chunks[at].Count = kept;
        InsertChunk(at + 1, new Chunk(moved, full.Count - kept));
    }

    private void InsertChunk(int at, Chunk chunk)
    {
        if (_chunkCount == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(1, _chunks.Length * 2));
        Array.Copy(_chunks, at, _chunks, at + 1, _chunkCount - at);
        _chunks[at] = chunk;
        _chunkCount++;
    }

    private void RemoveChunk(int at)
    {
        _chunkCount--;
        Array.Copy(_chunks, at + 1, _chunks, at, _chunkCount - at);
        _chunks[_chunkCount] = default;
    }

    private struct Chunk(Znode[] items, int count)
    {
        public Znode[] Items = items;
        public int Count = count;
        public bool IsShared;

        public void Own()
        {
            if (IsShared)
                Resize(Items.Length);
        }

        public void Resize(int length)
        {
            var own = new Znode[length];
            Array.Copy(Items, own, Count);
            Items = own;
            IsShared = false;
        }
    }

    /// <summary>The children of a znode at one moment.</summary>
    /// <remarks>Only what never changes of a child may be looked at without the replica's lock: its name and its path.</remarks>
    public sealed class Snapshot
    {
        private readonly Chunk[] _chunks;

        internal Snapshot(ZnodeChildren children)
        {
            _chunks = children._chunks.AsSpan(0, children._chunkCount).ToArray();
            Count = children.Count;
        }

        /// <summary>How many children there were.</summary>
        public int Count { get; }

        /// <summary>The children whose names come after one, in their byte order.</summary>
        /// <param name="name">The name, which no child need have; empty for all.</param>
        public IEnumerable<Znode> After(byte[] name)
        {
            int low = 0, high = _chunks.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_chunks[middle].Items[_chunks[middle].Count - 1].Name.SequenceCompareTo(name) <= 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            for (int chunk = low; chunk < _chunks.Length; chunk++)
            {
                for (int i = 0; i < _chunks[chunk].Count; i++)
                {
                    if (chunk > low || _chunks[chunk].Items[i].Name.SequenceCompareTo(name) > 0)
                        yield return _chunks[chunk].Items[i];
                }
            }
        }

        /// <summary>The children in the byte order of their names.</summary>
        public IEnumerable<Znode> Children
        {
            get
            {
                foreach (var chunk in _chunks)
                {
                    for (int i = 0; i < chunk.Count; i++)
                        yield return chunk.Items[i];
                }
            }
        }
    }

    /// <summary>Walks the children; invalid once one is added or removed.</summary>
    public struct Enumerator
    {
        private readonly ZnodeChildren _children;
        private int _chunk;
        private int _index;

        internal Enumerator(ZnodeChildren children)
        {
            _children = children;
            _index = -1;
        }

        /// <summary>The child that was reached.</summary>
        public readonly Znode Current => _children._chunks[_chunk].Items[_index];

        /// <summary>Goes to the next child; false where there is none.</summary>
        public bool MoveNext()
        {
            if (_chunk >= _children._chunkCount)
                return false;
            if (++_index < _children._chunks[_chunk].Count)
                return true;
            _chunk++;
            _index = 0;
            return _chunk < _children._chunkCount;
        }
    }
}
