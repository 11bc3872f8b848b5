using Coordination.Scheduler.Configuration;
using Coordination.Scheduler.Working;
using Coordination.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Coordination.Scheduler.Tests;

/// <summary>An attempt has as much time as the configuration says by now.</summary>
public sealed class DeadlineTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ChangingJobs _options = new();

    [Fact]
    public void A_longer_limit_counts_from_the_beginning()
    {
        using var deadline = Begin(10);
        _time.Advance(TimeSpan.FromSeconds(9));
        _options.Change(20);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(deadline.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_shorter_limit_may_be_over_already()
    {
        using var deadline = Begin(10);
        _time.Advance(TimeSpan.FromSeconds(5));
        _options.Change(4);
        _time.Advance(TimeSpan.Zero);
        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void After_the_attempt_nobody_listens()
    {
        Begin(10).Dispose();
        Assert.Equal(0, _options.Listeners);
    }

    private Deadline Begin(double seconds)
    {
        _options.Change(seconds);
        return new Deadline(new Jobs(_options, NullLogger<Jobs>.Instance), "hourly", _time);
    }

    private sealed class ChangingJobs : IOptionsMonitor<JobCatalogue>
    {
        private Action<JobCatalogue, string?>? _listeners;

        public JobCatalogue CurrentValue { get; private set; } = [];

        public int Listeners => _listeners?.GetInvocationList().Length ?? 0;

        public JobCatalogue Get(string? name) => CurrentValue;

        public IDisposable OnChange(Action<JobCatalogue, string?> listener)
        {
            _listeners += listener;
            return new Following(() => _listeners -= listener);
        }

        public void Change(double seconds)
        {
            CurrentValue = new JobCatalogue { ["hourly"] = new JobOptions { TimeoutSeconds = seconds } };
            _listeners?.Invoke(CurrentValue, null);
        }
    }

    private sealed class Following(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
