namespace Coordination.Differential.Tests.Comparing;

/// <summary>What each session's connection received from one server during one step, in the order of arrival.</summary>
/// <param name="Sessions">By session.</param>
/// <param name="WriteZxids">The zxids of the changes that the step made.</param>
internal sealed record Received(IReadOnlyList<Item>[] Sessions, IReadOnlyList<long> WriteZxids)
{
    public Received Without(Func<Item, bool> excluded) =>
        this with { Sessions = [.. Sessions.Select(items => items.Where(item => !excluded(item)).ToArray())] };
}
