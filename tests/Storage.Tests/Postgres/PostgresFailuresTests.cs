using Coordination.Storage.Postgres;

namespace Coordination.Storage.Tests.Postgres;

/// <summary>What the driver's own exceptions mean for a log.</summary>
public sealed class PostgresFailuresTests
{
    [Theory]
    [InlineData("Npgsql", true)]
    [InlineData("Coordination.Storage", false)]
    public void WhereTheDriverTripsOverABrokenConnectionNothingIsKnown(string source, bool isUnavailable)
    {
        Exception[] failures = [new NullReferenceException { Source = source }, new ObjectDisposedException("it") { Source = source }];
        foreach (var failure in failures)
        {
            Assert.Equal(isUnavailable, PostgresFailures.IsUnavailable(failure));
            Assert.Equal(isUnavailable, PostgresFailures.IsBroken(failure));
            Assert.False(PostgresFailures.IsKnownNotDone(failure));
        }
    }
}
