using Coordination.Differential.Tests.Playing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Steps;

/// <summary>addWatch, removeWatches and checkWatches.</summary>
internal sealed record WatchRequest(int Session, OperationCode Operation, string Path, int Argument) : Request(Session)
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

    public override string ToString() => Operation == OperationCode.AddWatch
        ? $"{Operation} {Path} {(AddWatchMode)Argument}"
        : $"{Operation} {Path} {(WatcherType)Argument}";
}
