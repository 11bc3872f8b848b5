namespace Coordination.Engine.Tree;

/// <summary>Finds a znode by its path: a hash table that grows by one bucket at a time.</summary>
/// <remarks>Linear hashing (Litwin, 1980): no growth ever moves more than one bucket, so that no write waits for a
/// million znodes to be placed anew. The path is not stored: a znode's names, up to the root, are the key.</remarks>
internal sealed class ZnodeIndex
{
    private const int SegmentBits = 12;
    private const int SegmentLength = 1 << SegmentBits;

    private Znode?[][] _segments = [new Znode?[SegmentLength]];
    private uint _buckets = 1;
    private uint _mask;

    public int Count { get; private set; }

    public static uint HashOf(ReadOnlySpan<byte> path) => (uint)ByteSequenceComparer.HashOf(path);

    public Znode? Find(ReadOnlySpan<byte> path)
    {
        uint hash = HashOf(path);
        for (Znode? node = Bucket(hash); node is not null; node = node.NextInBucket)
        {
            if (node.Hash == hash && node.HasPath(path))
                return node;
        }
        return null;
    }

    public void Add(Znode node)
    {
        ref Znode? bucket = ref Bucket(node.Hash);
        node.NextInBucket = bucket;
        bucket = node;
        if (++Count > _buckets)
            SplitBucket();
    }

    public void Remove(Znode node)
    {
        ref Znode? bucket = ref Bucket(node.Hash);
        if (bucket == node)
        {
            bucket = node.NextInBucket;
        }
        else
        {
            Znode before = bucket!;
            while (before.NextInBucket != node)
                before = before.NextInBucket!;
            before.NextInBucket = node.NextInBucket;
        }
        node.NextInBucket = null;
        Count--;
        if (_buckets > 1 && Count < _buckets / 2)
            MergeBucket();
    }

    private ref Znode? Bucket(uint hash)
    {
        uint index = hash & _mask;
        if (index >= _buckets)
            index &= _mask >> 1;
        return ref At(index);
    }

    private ref Znode? At(uint index) => ref _segments[index >> SegmentBits][index & (SegmentLength - 1)];

    private void SplitBucket()
    {
        uint added = _buckets++;
        if (added > _mask)
            _mask = _mask * 2 + 1;
        uint segment = added >> SegmentBits;
        if (segment >= _segments.Length)
            Array.Resize(ref _segments, _segments.Length * 2);
        _segments[segment] ??= new Znode?[SegmentLength];

        ref Znode? source = ref At(added & (_mask >> 1));
        Znode? node = source, kept = null, moved = null;
        while (node is not null)
        {
            Znode? next = node.NextInBucket;
            ref Znode? chain = ref ((node.Hash & _mask) == added ? ref moved : ref kept);
            node.NextInBucket = chain;
            chain = node;
            node = next;
        }
        source = kept;
        At(added) = moved;
    }

    private void MergeBucket()
    {
        uint removed = --_buckets;
        Znode? moved = At(removed);
        At(removed) = null;
        if ((removed & (SegmentLength - 1)) == 0)
            _segments[removed >> SegmentBits] = null!;
        ref Znode? target = ref At(removed & (_mask >> 1));
        if (_buckets <= (_mask >> 1) + 1)
            _mask >>= 1;
        while (moved is not null)
        {
            Znode? next = moved.NextInBucket;
            moved.NextInBucket = target;
            target = moved;
            moved = next;
        }
    }
}
