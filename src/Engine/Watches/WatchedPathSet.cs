using System.Diagnostics.CodeAnalysis;

namespace Coordination.Engine.Watches;

/// <summary>The watches of one watcher. A watcher may have a million, so the set never moves all that it has, and can be
/// walked in pieces between which it changes.</summary>
/// <remarks>A hash table that grows by one bucket at a time, as <see cref="Tree.ZnodeIndex"/> does, over slots that keep
/// their place for as long as they are used: whoever walks the slots meets all that is there all the time. Not thread-safe:
/// guarded by the <see cref="WatchTable"/> that the watches are in.</remarks>
internal sealed class WatchedPathSet
{
    private SegmentedList<Slot> _slots;
    private SegmentedList<int> _buckets;
    private uint _mask;

    // The first of the slots that are free, each of which names the next. Slots are numbered from 1, and 0 is none.
    private int _free;

    /// <summary>How many watches there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a watch that is not there.</summary>
    public void Add(WatchedPath watched)
    {
        if (_buckets.Count == 0)
            _buckets.Add(0);
        int slot = TakeSlot();
        ref int bucket = ref BucketOf(watched.GetHashCode());
        _slots[slot - 1] = new Slot(watched, bucket);
        bucket = slot;
        if (++Count > _buckets.Count)
            SplitBucket();
    }

    /// <summary>Removes a watch, if it is there.</summary>
    public void Remove(WatchedPath watched)
    {
        if (Count == 0)
            return;
        ref int link = ref BucketOf(watched.GetHashCode());
        while (link != 0)
        {
            int slot = link;
            ref var at = ref _slots[slot - 1];
            if (at.Watched == watched)
            {
                link = at.Next;
                at = new Slot(default, _free);
                _free = slot;
                Count--;
                return;
            }
            link = ref at.Next;
        }
    }

    /// <summary>Goes to the next watch.</summary>
    /// <param name="position">Where the walk is; 0 to begin with.</param>
    /// <param name="watched">The watch.</param>
    /// <returns>False where there is none left.</returns>
    public bool MoveNext(ref int position, [NotNullWhen(true)] out WatchedPath? watched)
    {
        while (position < _slots.Count)
        {
            var slot = _slots[position++];
            if (slot.Watched.Path is not null)
            {
                watched = slot.Watched;
                return true;
            }
        }
        watched = null;
        return false;
    }

    private int TakeSlot()
    {
        if (_free == 0)
        {
            _slots.Add(default);
            return _slots.Count;
        }
        int slot = _free;
        _free = _slots[slot - 1].Next;
        return slot;
    }

    private ref int BucketOf(int hash)
    {
        uint index = (uint)hash & _mask;
        if (index >= _buckets.Count)
            index &= _mask >> 1;
        return ref _buckets[(int)index];
    }

    private void SplitBucket()
    {
        uint added = (uint)_buckets.Count;
        _buckets.Add(0);
        if (added > _mask)
            _mask = _mask * 2 + 1;
        ref int source = ref _buckets[(int)(added & (_mask >> 1))];
        int slot = source, kept = 0, moved = 0;
        while (slot != 0)
        {
            ref var at = ref _slots[slot - 1];
            int next = at.Next;
            ref int chain = ref (((uint)at.Watched.GetHashCode() & _mask) == added ? ref moved : ref kept);
            at.Next = chain;
            chain = slot;
            slot = next;
        }
        source = kept;
        _buckets[(int)added] = moved;
    }

    private struct Slot(WatchedPath watched, int next)
    {
        public readonly WatchedPath Watched = watched;
        public int Next = next;
    }
}
