using Coordination.Storage.Tests.Stores;

namespace Coordination.Storage.Tests.Postgres;

[Collection("PostgreSQL")]
public sealed class PostgresLogModelTests(PostgresFixture fixture) : LogModelTests
{
    private protected override IStoreUnderTest NewStore() => new PostgresStore(fixture.Server);
}

[Collection("PostgreSQL")]
public sealed class PostgresCheckpointModelTests(PostgresFixture fixture) : CheckpointModelTests
{
    private protected override IStoreUnderTest NewStore() => new PostgresStore(fixture.Server);
}

[Collection("PostgreSQL")]
public sealed class PostgresCompareAndAppendTests(PostgresFixture fixture) : CompareAndAppendTests
{
    private protected override IStoreUnderTest NewStore() => new PostgresStore(fixture.Server);
}
