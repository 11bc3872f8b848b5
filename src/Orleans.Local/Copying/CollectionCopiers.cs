using System.Collections.Immutable;

namespace Orleans.Copying;

/// <summary>Copies objects of one type of collection, each once.</summary>
internal abstract class CollectionCopier<TCollection> : ValueCopier
    where TCollection : class
{
    protected sealed override object CopyValue(object original, CopyContext context)
    {
        if (context.TryGet(original, out object? known)) return known;
        TCollection copy = Create((TCollection)original);
        context.Add(original, copy);
        Fill(copy, (TCollection)original, context);
        return copy;
    }

    protected abstract TCollection Create(TCollection original);

    protected abstract void Fill(TCollection copy, TCollection original, CopyContext context);
}

internal sealed class ArrayCopier<T> : CollectionCopier<T[]>
{
    private readonly DeclaredCopier _element = new(typeof(T));

    protected override T[] Create(T[] original) => new T[original.Length];

    protected override void Fill(T[] copy, T[] original, CopyContext context)
    {
        if (_element.IsShallow)
        {
            original.CopyTo(copy, 0);
            return;
        }

        for (int i = 0; i < original.Length; i++) copy[i] = (T)_element.Copy(original[i], context)!;
    }
}

internal sealed class ListCopier<T> : CollectionCopier<List<T>>
{
    private readonly DeclaredCopier _element = new(typeof(T));

    protected override List<T> Create(List<T> original) => new(original.Count);

    protected override void Fill(List<T> copy, List<T> original, CopyContext context)
    {
        if (_element.IsShallow)
        {
            copy.AddRange(original);
            return;
        }

        foreach (T element in original) copy.Add((T)_element.Copy(element, context)!);
    }
}

internal sealed class HashSetCopier<T> : CollectionCopier<HashSet<T>>
{
    private readonly DeclaredCopier _element = new(typeof(T));

    protected override HashSet<T> Create(HashSet<T> original) => new(original.Count, original.Comparer);

    protected override void Fill(HashSet<T> copy, HashSet<T> original, CopyContext context)
    {
        foreach (T element in original) copy.Add((T)_element.Copy(element, context)!);
    }
}

internal sealed class DictionaryCopier<TKey, TValue> : CollectionCopier<Dictionary<TKey, TValue>>
    where TKey : notnull
{
    private readonly DeclaredCopier _key = new(typeof(TKey));
    private readonly DeclaredCopier _value = new(typeof(TValue));

    protected override Dictionary<TKey, TValue> Create(Dictionary<TKey, TValue> original) =>
        new(original.Count, original.Comparer);

    protected override void Fill(
        Dictionary<TKey, TValue> copy, Dictionary<TKey, TValue> original, CopyContext context)
    {
        foreach ((TKey key, TValue value) in original)
            copy.Add((TKey)_key.Copy(key, context), (TValue)_value.Copy(value, context)!);
    }
}

internal sealed class ReadOnlyMemoryCopier<T> : ValueCopier
{
    private readonly ValueCopier _elements = new ArrayCopier<T>();

    protected override object CopyValue(object original, CopyContext context) =>
        new ReadOnlyMemory<T>((T[])_elements.Copy(((ReadOnlyMemory<T>)original).ToArray(), context));
}

internal sealed class ImmutableArrayCopier<T> : ValueCopier
{
    private readonly DeclaredCopier _element = new(typeof(T));

    public override bool IsShallow => _element.IsShallow;

    protected override object CopyValue(object original, CopyContext context)
    {
        var elements = (ImmutableArray<T>)original;
        return elements.IsDefault
            ? elements
            : ImmutableArray.CreateRange(elements, element => (T)_element.Copy(element, context)!);
    }
}
