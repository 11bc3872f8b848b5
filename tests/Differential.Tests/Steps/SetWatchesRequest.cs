using System.Globalization;
using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>setWatches and setWatches2.</summary>
/// <param name="Session">The session.</param>
/// <param name="Operation">Which of the two.</param>
/// <param name="ChangesAgo">How many changes of the sequence the client has not seen; null for all there ever were.</param>
/// <param name="Paths">For data, exist, child, and of setWatches2 for persistent and recursive watches; null lists among them.
/// </param>
internal sealed record SetWatchesRequest(
    int Session, OperationCode Operation, int? ChangesAgo, IReadOnlyList<IReadOnlyList<string>?> Paths)
    : Request(Session), ISetsWatches
{
    private static readonly string[] s_names = ["data", "exist", "child", "persistent", "recursive"];

    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        long zxid = ChangesAgo is { } ago ? side.WriteZxid(ago) : 0;
        string[]?[] paths = [.. Paths.Select(list => list?.Select(side.Full).ToArray())];
        return ReadAsync(
            Operation == OperationCode.SetWatches
                ? client.SetWatchesAsync(zxid, paths[0], paths[1], paths[2])
                : client.SetWatches2Async(zxid, paths[0], paths[1], paths[2], paths[3], paths[4]),
            side,
            static (_, _) => { });
    }

    // Data, exist and child watches are all of the standard kind.
    public IEnumerable<(string Path, WatchKind Kind)> Watches() =>
        Paths.SelectMany(static (list, kind) => (list ?? []).Select(path => (path, (WatchKind)Math.Max(0, kind - 2))));

    public override IEnumerable<Step> Simpler()
    {
        for (int kind = 0; kind < Paths.Count; kind++)
        {
            for (int i = 0; i < Paths[kind]?.Count; i++)
            {
                IReadOnlyList<string>?[] paths = [.. Paths];
                paths[kind] = [.. Paths[kind]!.Where((_, other) => other != i)];
                yield return this with { Paths = paths };
            }
        }
    }

    public override string ToString()
    {
        string since = ChangesAgo?.ToString(CultureInfo.InvariantCulture) ?? "all";
        string watches = string.Join(' ', Paths.Select((list, kind) =>
            $"{s_names[kind]}={(list is null ? "null" : $"[{string.Join(' ', list)}]")}"));
        return $"{Operation} {since} changes ago {watches}";
    }
}
