using Coordination.Storage.Tests.Stores;

namespace Coordination.Storage.Tests;

public sealed class SqliteLogModelTests : LogModelTests
{
    private protected override IStoreUnderTest NewStore() => new SqliteStore();
}

public sealed class SqliteCheckpointModelTests : CheckpointModelTests
{
    private protected override IStoreUnderTest NewStore() => new SqliteStore();
}

public sealed class SqliteCompareAndAppendTests : CompareAndAppendTests
{
    private protected override IStoreUnderTest NewStore() => new SqliteStore();
}
