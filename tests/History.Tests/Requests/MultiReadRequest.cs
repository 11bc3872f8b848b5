using Coordination.History.Tests.Recording;
using Coordination.Testing.RawProtocol;

namespace Coordination.History.Tests.Requests;

/// <summary>Several looks at one and the same moment: at data, or at the names of children.</summary>
internal sealed record MultiReadRequest(params IReadOnlyList<(ReadKind Kind, string Path)> Parts) : Request
{
    public override async Task<Answer> SendAsync(RawZooKeeperClient client) => Answer.Of(
        await client.MultiReadAsync([.. Parts.Select(ToPart)]), (answer, results) => answer with { Results = results });

    public override string ToString() => $"multiRead {{ {string.Join("; ", Parts.Select(part => $"{part.Kind} of {part.Path}"))} }}";

    private static MultiOperation ToPart((ReadKind Kind, string Path) part) => part.Kind == ReadKind.Data
        ? MultiOperation.GetData(part.Path)
        : MultiOperation.GetChildren(part.Path);
}
