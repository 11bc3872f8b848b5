namespace Coordination.Client.Tests;

/// <summary>The tests that share the servers, one class after the other: two cores are not many.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<Servers>
{
    public const string Name = "servers";
}
