using System.Net;
using Coordination.Testing.RawProtocol;

namespace Coordination.Testing.Following;

/// <summary>Has a silo forget the beginning of its log, as it does behind its checkpoint.</summary>
public static class TrimmedLog
{
    private const string Filled = "/filled";
    private const int Piece = 1_000_000;

    // What is behind the log by less is not brought into the checkpoint at once.
    private const int PiecesAtFirst = 18;
    private const int MostPieces = 120;

    /// <summary>Writes until the log of a silo that keeps little of it reaches no more back to a zxid.</summary>
    public static async Task UntilItBeginsAfterAsync(IPEndPoint silo, long zxid)
    {
        await using var writer = await RawZooKeeperClient.ConnectAsync(silo);
        writer.KeepAlive(TimeSpan.FromSeconds(1));
        await writer.CreateAsync(Filled, null);
        byte[] data = new byte[Piece];
        for (int i = 0; i < MostPieces; i++)
        {
            if (!(await writer.SetDataAsync(Filled, data)).IsOk)
                throw new InvalidOperationException("the log cannot be filled");
            if (i < PiecesAtFirst)
                continue;
            // A znode that nobody knows: only whether the log reaches back is told of it.
            await using var asking = await RawZooKeeperClient.ConnectAsync(silo);
            await asking.WatchZnodeFromAsync(1, "/nobody", zxid);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            if ((await asking.Updates.ReadAsync(timeout.Token)).Kind == ToldUpdateKind.HistoryLost)
                return;
            await asking.CloseSessionAsync();
            await Task.Delay(200);
        }
        throw new TimeoutException($"the log still reaches back to 0x{zxid:x}");
    }
}
