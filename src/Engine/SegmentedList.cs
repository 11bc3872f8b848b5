namespace Coordination.Engine;

/// <summary>A list that grows and shrinks at its end without moving more than one segment of what it has.</summary>
/// <typeparam name="T">What is listed.</typeparam>
internal struct SegmentedList<T>
{
    private const int SegmentBits = 10;
    private const int SegmentLength = 1 << SegmentBits;
    private const int LeastLength = 4;

    private T[][]? _segments;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The item at an index.</summary>
    public readonly ref T this[int index] => ref _segments![index >> SegmentBits][index & (SegmentLength - 1)];

    /// <summary>Adds an item behind the last.</summary>
    public void Add(T item)
    {
        int segment = Count >> SegmentBits;
        _segments ??= [[]];
        if (segment == _segments.Length)
            Array.Resize(ref _segments, segment * 2);
        ref var items = ref _segments[segment];
        int at = Count & (SegmentLength - 1);
        if (segment > 0)
            items ??= new T[SegmentLength];
        else if (at == items.Length)
            Array.Resize(ref items, Math.Max(LeastLength, at * 2));
        items[at] = item;
        Count++;
    }

    /// <summary>Removes the last item.</summary>
    public void RemoveLast()
    {
        this[--Count] = default!;
        // Not at once: one who comes and goes at the edge of a segment would have it made each time.
        int behind = (Count >> SegmentBits) + 1;
        if ((Count & (SegmentLength - 1)) == SegmentLength / 2 && behind < _segments!.Length)
            _segments[behind] = null!;
    }
}
