using Orleans.Runtime;

namespace Orleans.Copying;

/// <summary>Passes references to grains and observers; a grain that passes itself is passed as a reference.</summary>
internal sealed class ReferenceCopier(Type type) : ValueCopier
{
    protected override object CopyValue(object original, CopyContext context) => original switch
    {
        GrainReference => original,
        IGrainObserver and not Grain => throw new NotSupportedException(
            $"IGrainObserver parameters must be GrainReference or Grain and cannot be type {original.GetType()}. "
            + $"Did you forget to {nameof(IGrainFactory.CreateObjectReference)}?"),
        _ => GrainReference.To((IAddressable)original, type),
    };
}
