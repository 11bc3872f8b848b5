namespace Orleans.Conformance;

internal interface IIntegerKeyGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

internal interface IStringKeyGrain : IGrainWithStringKey
{
    Task<string> Key();

    Task Set(string value);
}

internal interface IStringKeyReadGrain : IGrainWithStringKey
{
    Task<string?> Get();
}

internal interface IGuidKeyGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

internal interface IUnimplementedGrain : IGrainWithIntegerKey
{
    Task Nothing();
}

internal sealed class IntegerKeyGrain : Grain, IIntegerKeyGrain
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

internal sealed class StringKeyGrain : Grain, IStringKeyGrain, IStringKeyReadGrain
{
    private string? _value;

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task Set(string value)
    {
        _value = value;
        return Task.CompletedTask;
    }

    public Task<string?> Get() => Task.FromResult(_value);
}

internal sealed class GuidKeyGrain : Grain, IGuidKeyGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}
