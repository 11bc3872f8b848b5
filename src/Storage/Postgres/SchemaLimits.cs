namespace Coordination.Storage.Postgres;

/// <summary>What bounds the waiting of a silo that must change the tables, and of those who use them meanwhile.</summary>
/// <param name="LongestTry">For how long to wait for a lock at a stretch: everybody else who comes to that table meanwhile
/// queues behind the wait.</param>
/// <param name="Pause">How long to leave the table to the others after that.</param>
/// <param name="Longest">After how long to give up.</param>
internal readonly record struct SchemaLimits(TimeSpan LongestTry, TimeSpan Pause, TimeSpan Longest)
{
    /// <summary>Those of a silo that starts.</summary>
    public static SchemaLimits ForSilo { get; } =
        new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
}
