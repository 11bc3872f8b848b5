using System.Diagnostics.CodeAnalysis;

namespace Orleans.Copying;

/// <summary>
/// The copier for a declared type, looked up when it is first needed: a type may contain itself, and then there is no
/// other order in which the copiers could be made.
/// </summary>
internal sealed class DeclaredCopier(Type type)
{
    private readonly Lazy<ValueCopier> _copier = new(() => Copiers.ForDeclared(type));

    public bool IsShallow => _copier.Value.IsShallow;

    [return: NotNullIfNotNull(nameof(original))]
    public object? Copy(object? original, CopyContext context) => _copier.Value.Copy(original, context);
}
