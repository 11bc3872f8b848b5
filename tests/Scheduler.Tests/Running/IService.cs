namespace Coordination.Scheduler.Tests.Running;

/// <summary>The service that a scheduler's nodes coordinate by.</summary>
internal interface IService : IAsyncDisposable
{
    /// <summary>Where ZooKeeper's clients reach it.</summary>
    string ConnectionString { get; }

    /// <summary>How Orleans clients find it, as settings of the nodes.</summary>
    IReadOnlyDictionary<string, string> ForOrleans { get; }

    /// <summary>Ends a silo with SIGKILL and starts it again.</summary>
    Task KillAsync();
}
