using Coordination.Testing;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>One PostgreSQL server for all tests that need one and leave it as it is.</summary>
[CollectionDefinition("PostgreSQL")]
public sealed class PostgresFixture : IAsyncLifetime, ICollectionFixture<PostgresFixture>
{
    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
