namespace Orleans.Copying;

/// <summary>Copies values whose declared type does not tell what they are.</summary>
internal sealed class RuntimeTypeCopier : ValueCopier
{
    public static readonly RuntimeTypeCopier Instance = new();

    protected override object CopyValue(object original, CopyContext context) =>
        Copiers.ForExact(original.GetType()).Copy(original, context);
}
