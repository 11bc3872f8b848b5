namespace Orleans.Conformance;

[GenerateSerializer]
internal class Parcel
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public List<int> Numbers { get; set; } = [];

    [Id(2)]
    public Dictionary<string, byte[]> Blobs { get; set; } = [];

    [Id(3)]
    public Parcel? Inner { get; set; }

    [Id(4)]
    public Parcel? Also { get; set; }

    /// <summary>Gets or sets what is not passed on: it has no number.</summary>
    public string Private { get; set; } = "unset";
}

[GenerateSerializer]
internal sealed class LabelledParcel : Parcel
{
    [Id(0)]
    public string Label { get; set; } = "";
}

[GenerateSerializer]
internal sealed record Tag(string Text, int[] Numbers)
{
    [Id(10)]
    public TimeSpan? Age { get; init; }
}

[GenerateSerializer]
internal readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer, Immutable]
internal sealed class Stone
{
    [Id(0)]
    public byte[] Bytes { get; set; } = [];
}

[GenerateSerializer]
internal enum Colour : byte
{
    Red,
    Green,
}

internal sealed class Unmarked
{
    public int Value { get; set; }
}
