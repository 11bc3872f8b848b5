using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Conformance.Hosting;

namespace Orleans.Conformance;

internal interface ICopyGrain : IGrainWithStringKey
{
    Task Keep(Parcel parcel);

    Task<Parcel> Kept();

    Task Spoil(byte[] bytes, List<string> texts, Parcel parcel);

    Task<(string Text, int? Number, Colour Colour, Point Point)> Echo(
        string text, int? number, Colour colour, Point point);

    Task<ReadOnlyMemory<byte>> Echo(ReadOnlyMemory<byte> bytes);

    Task<ImmutableArray<Parcel>> Echo(ImmutableArray<Parcel> parcels);

    Task<Dictionary<Guid, List<DateTime>>> Echo(Dictionary<Guid, List<DateTime>> times);

    Task<HashSet<string>> Echo(HashSet<string> texts);

    Task<Tag> Echo(Tag tag);

    Task<string[]?> Echo(string[]? texts);

    Task<bool> IsSame(Stone stone, object expected);

    Task<Stone> EchoStone(Stone stone);

    Task<Immutable<byte[]>> EchoImmutable(Immutable<byte[]> bytes);

    Task<object?> EchoObject(object? value);

    Task<string> Visit(ICopyVisitor visitor);

    Task<string> SendSelf(string other);

    Task<object> ReturnUnmarked();
}

internal interface ICopyVisitor : IGrainWithStringKey
{
    [AlwaysInterleave]
    Task<string> Greeting();
}

internal sealed class CopyGrain(Probe probe) : Grain, ICopyGrain, ICopyVisitor
{
    private Parcel _kept = new();

    public Task Keep(Parcel parcel)
    {
        _kept = parcel;
        return Task.CompletedTask;
    }

    public Task<Parcel> Kept() => Task.FromResult(_kept);

    public Task Spoil(byte[] bytes, List<string> texts, Parcel parcel)
    {
        bytes[0] = 99;
        texts.Clear();
        parcel.Name = "spoilt";
        parcel.Numbers.Add(99);
        parcel.Blobs["spoilt"] = [];
        parcel.Blobs.Values.First()[0] = 99;
        probe.Note(this.GetPrimaryKeyString(), "spoilt");
        return Task.CompletedTask;
    }

    public Task<(string Text, int? Number, Colour Colour, Point Point)> Echo(
        string text, int? number, Colour colour, Point point) => Task.FromResult((text, number, colour, point));

    public Task<ReadOnlyMemory<byte>> Echo(ReadOnlyMemory<byte> bytes) => Task.FromResult(bytes);

    public Task<ImmutableArray<Parcel>> Echo(ImmutableArray<Parcel> parcels) => Task.FromResult(parcels);

    public Task<Dictionary<Guid, List<DateTime>>> Echo(Dictionary<Guid, List<DateTime>> times) =>
        Task.FromResult(times);

    public Task<HashSet<string>> Echo(HashSet<string> texts) => Task.FromResult(texts);

    public Task<Tag> Echo(Tag tag) => Task.FromResult(tag);

    public Task<string[]?> Echo(string[]? texts) => Task.FromResult(texts);

    public Task<bool> IsSame(Stone stone, object expected) => Task.FromResult(ReferenceEquals(stone, expected));

    public Task<Stone> EchoStone(Stone stone) => Task.FromResult(stone);

    public Task<Immutable<byte[]>> EchoImmutable(Immutable<byte[]> bytes) => Task.FromResult(bytes);

    public Task<object?> EchoObject(object? value) => Task.FromResult(value);

    public async Task<string> Visit(ICopyVisitor visitor) =>
        visitor is Grain ? "the grain itself" : await visitor.Greeting();

    public Task<string> SendSelf(string other) => GrainFactory.GetGrain<ICopyGrain>(other).Visit(this);

    public Task<object> ReturnUnmarked() => Task.FromResult<object>(new Unmarked());

    public Task<string> Greeting() => Task.FromResult($"from {this.GetPrimaryKeyString()}");
}
