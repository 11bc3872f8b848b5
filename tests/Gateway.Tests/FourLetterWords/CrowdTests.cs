using System.Diagnostics;
using System.Text.RegularExpressions;
using Coordination.Gateway.Tests.Wire;
using Coordination.Testing.RawProtocol;
using Xunit.Abstractions;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>What lists very many sessions, connections and ephemerals lists all of them, and holds up nobody.</summary>
/// <remarks>The machine may be busy and hold a writer up too, but hardly each time: the best of some rounds tells.</remarks>
public sealed class CrowdTests(CrowdedSilo silo, ITestOutputHelper output) : IClassFixture<CrowdedSilo>
{
    private const int MostRounds = 20;
    private const double MostOfAListing = 0.3;

    // Connections that have just ended may still be there, and that which asks.
    private const int MostOthers = 10;

    private const int Ephemerals = CrowdedSilo.Owners + CrowdedSilo.OwnedByOne;

    [SiloTheory(Timeout = 180_000)]
    [InlineData("dump", "\t/", Ephemerals)]
    [InlineData("dump", "\t0x", CrowdedSilo.Owners + 2)]
    [InlineData("dump", "\tip: /", CrowdedSilo.Connected + 2)]
    [InlineData("cons", ",sid=0x", CrowdedSilo.Connected + 2)]
    [InlineData("stat", "(queued=", CrowdedSilo.Connected + 2)]
    public Task Words_list_all_and_writers_do_not_wait_for_them(string word, string item, int items) =>
        WriteBesideAsync(() => FourLetterWord.AskAsync(silo.EndPoint, word, RunningSilo.Soon), item, items);

    [SiloTheory(Timeout = 180_000)]
    [InlineData("dump", "\"/", Ephemerals)]
    [InlineData("connections", "\"session_id\"", CrowdedSilo.Connected + 2)]
    [InlineData("stats", "\"interest_ops\"", CrowdedSilo.Connected + 2)]
    public Task Commands_list_all_and_writers_do_not_wait_for_them(string command, string item, int items) =>
        WriteBesideAsync(() => silo.Http.GetStringAsync($"/commands/{command}"), item, items);

    private async Task WriteBesideAsync(Func<Task<string>> ask, string item, int items)
    {
        using var writer = await silo.ConnectWireAsync();
        double least = 1;
        for (int round = 0; round < MostRounds && least >= MostOfAListing; round++)
        {
            // A disk that is slow holds up each write, whatever is listed.
            var alone = await WriteAsync(writer);
            var longest = alone;
            int writes = 0;
            var all = Stopwatch.StartNew();
            var listing = ask();
            for (; !listing.IsCompleted || writes == 0; writes++)
            {
                var waited = await WriteAsync(writer);
                longest = waited > longest ? waited : longest;
            }
            string listed = await listing;
            output.WriteLine($"{writes} writes in {all.ElapsedMilliseconds} ms, the longest {longest.TotalMilliseconds:0.0} ms");
            Assert.InRange(Regex.Count(listed, Regex.Escape(item)), items, items + MostOthers);
            least = Math.Min(least, (longest - alone) / all.Elapsed);
        }
        Assert.True(least < MostOfAListing, $"a write waited for {least:P0} of the time that the listing took");
        await writer.SendAsync(Frames.CloseSession(2));
        await writer.ReadReplyAsync();
    }

    private static async Task<TimeSpan> WriteAsync(WireConnection writer)
    {
        var waited = Stopwatch.StartNew();
        await writer.SendAsync(Frames.SetData(1, "/", []));
        Assert.Equal(ErrorCode.Ok, (await writer.ReadReplyAsync()).Error);
        return waited.Elapsed;
    }
}
