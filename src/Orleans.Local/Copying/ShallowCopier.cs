namespace Orleans.Copying;

/// <summary>Passes values as they are.</summary>
internal sealed class ShallowCopier : ValueCopier
{
    public static readonly ShallowCopier Instance = new();

    public override bool IsShallow => true;

    protected override object CopyValue(object original, CopyContext context) => original;
}
