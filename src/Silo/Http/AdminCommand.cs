namespace Coordination.Silo.Http;

/// <summary>A command of ZooKeeper's AdminServer.</summary>
/// <param name="Names">What it is called by; the first is the one that it calls itself.</param>
/// <param name="WriteAsync">Writes the fields of its answer.</param>
internal sealed record AdminCommand(string[] Names, Func<AdminAnswer, ValueTask> WriteAsync)
{
    /// <summary>What keeps it from being answered; null for nothing.</summary>
    public string? Error { get; init; }
}
