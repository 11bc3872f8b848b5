using System.Diagnostics.CodeAnalysis;

namespace Orleans.Copying;

/// <summary>
/// What has been copied in one call, so that an object that occurs twice, or contains itself, is one object in the copy
/// too.
/// </summary>
internal sealed class CopyContext
{
    private Dictionary<object, object>? _copies;

    public bool TryGet(object original, [NotNullWhen(true)] out object? copy)
    {
        copy = null;
        return _copies is not null && _copies.TryGetValue(original, out copy);
    }

    public void Add(object original, object copy) =>
        (_copies ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance)).Add(original, copy);
}
