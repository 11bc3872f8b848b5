using System.Diagnostics.CodeAnalysis;

namespace Orleans.Copying;

/// <summary>
/// Copies values on their way to or from a grain, so that neither side sees what the other does to them.
/// </summary>
internal abstract class ValueCopier
{
    /// <summary>Gets whether values are passed as they are, since they cannot change.</summary>
    public virtual bool IsShallow => false;

    [return: NotNullIfNotNull(nameof(original))]
    public object? Copy(object? original, CopyContext context) =>
        original is null || IsShallow ? original : CopyValue(original, context);

    protected abstract object CopyValue(object original, CopyContext context);
}
