namespace Coordination.Protocol;

/// <summary>Who somebody is, under a scheme: <c>digest</c>, <c>ip</c>, <c>world</c>; ZooKeeper's <c>Id</c> record.</summary>
/// <param name="Scheme">The scheme's name.</param>
/// <param name="Id">The id, in the scheme's own form.</param>
public readonly record struct Identity(string Scheme, string Id)
{
    /// <summary>Everybody: <c>world:anyone</c>.</summary>
    public static Identity Anyone { get; } = new("world", "anyone");

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{Id}";
}
