using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>addWatch, removeWatches and checkWatches.</summary>
internal sealed record WatchRequest(int Session, OperationCode Operation, string Path, int Argument)
    : Request(Session), ISetsWatches
{
    protected override bool IsWrite => false;

    public override Task<Answer> AskAsync(RawZooKeeperClient client, Side side)
    {
        string path = side.Full(Path);
        return ReadAsync(
            Operation switch
            {
                OperationCode.AddWatch => client.AddWatchAsync(path, (AddWatchMode)Argument),
                OperationCode.RemoveWatches => client.RemoveWatchesAsync(path, (WatcherType)Argument),
                _ => client.CheckWatchesAsync(path, (WatcherType)Argument),
            },
            side,
            static (_, _) => { });
    }

    public IEnumerable<(string Path, WatchKind Kind)> Watches() =>
        Operation == OperationCode.AddWatch && Argument is (0 or 1) ? [(Path, (WatchKind)(Argument + 1))] : [];

    public override string ToString() => Operation == OperationCode.AddWatch
        ? $"{Operation} {Path} {(AddWatchMode)Argument}"
        : $"{Operation} {Path} {(WatcherType)Argument}";
}
