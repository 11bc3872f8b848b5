using System.Text;
using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.FourLetterWords;

/// <summary>Which words are answered, and how they may arrive.</summary>
public sealed class WhitelistTests(WordSilo silo) : IClassFixture<WordSilo>
{
    [SiloTheory(Timeout = 120_000)]
    [InlineData("ruok")]
    [InlineData("srvr")]
    [InlineData("mntr")]
    [InlineData("isro")]
    public async Task Words_of_the_default_whitelist_are_answered(string word) =>
        Assert.DoesNotContain("whitelist", await AskAsync(word));

    [SiloTheory(Timeout = 120_000)]
    [InlineData("stat")]
    [InlineData("conf")]
    [InlineData("cons")]
    [InlineData("envi")]
    [InlineData("dump")]
    [InlineData("wchp")]
    [InlineData("wchc")]
    [InlineData("crst")]
    [InlineData("gtmk")]
    [InlineData("hash")]
    public async Task Other_words_are_refused_in_the_words_of_ZooKeeper(string word) =>
        Assert.Equal($"{word} is not executed because it is not in the whitelist.\n", await AskAsync(word));

    [Fact(Timeout = 120_000)]
    public async Task Ruok_is_answered_however_it_arrives()
    {
        // As telnet sends it, and as nc does, which tells at once that nothing more will come.
        foreach (string text in (string[])["ruok", "ruok\n", "ruok\r\n"])
        {
            for (int attempt = 0; attempt < 20; attempt++)
                Assert.Equal("imok", await SendAsync(text, endsSending: attempt % 2 == 0));
        }

        using var slow = await silo.OpenWireAsync();
        foreach (byte letter in "ruok"u8.ToArray())
        {
            await slow.SendAsync([letter]);
            await Task.Delay(20);
        }

        Assert.Equal("imok", Encoding.ASCII.GetString(await slow.ReadToEndAsync()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Word_with_an_end_of_sending_right_behind_it_is_answered_in_full()
    {
        for (int attempt = 0; attempt < 20; attempt++)
            Assert.Contains("zk_znode_count", await SendAsync("mntr", endsSending: true));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("RUOK")]
    [InlineData("abcd")]
    [InlineData("ruoj\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0")]
    public async Task What_is_neither_a_word_nor_a_frame_is_closed_without_a_reply(string text)
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Encoding.Latin1.GetBytes(text));
        await wire.ExpectCloseAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Words_do_no_harm_to_sessions()
    {
        await using var client = await silo.ConnectAsync();
        for (int i = 0; i < 50; i++)
        {
            var asked = AskAsync(i % 2 == 0 ? "srvr" : "mntr");
            Assert.True((await client.ExistsAsync("/")).IsOk);
            Assert.NotEmpty(await asked);
        }

        await client.CloseSessionAsync();
    }

    [SiloFact(Timeout = 120_000)]
    public async Task Whitelist_can_be_set()
    {
        await using var own = await SiloProcess.StartAsync(
            new SiloOptions { Arguments = ["--four-letter-words", "stat, isro"] });
        Assert.StartsWith("Zookeeper version: ", await FourLetterWord.AskAsync(own.ClientEndPoint, "stat", RunningSilo.Soon));
        Assert.Equal("rw", await FourLetterWord.AskAsync(own.ClientEndPoint, "isro", RunningSilo.Soon));
        Assert.Equal(
            "ruok is not executed because it is not in the whitelist.\n",
            await FourLetterWord.AskAsync(own.ClientEndPoint, "ruok", RunningSilo.Soon));
    }

    private Task<string> AskAsync(string word) => FourLetterWord.AskAsync(silo.EndPoint, word, RunningSilo.Soon);

    private async Task<string> SendAsync(string text, bool endsSending)
    {
        using var wire = await silo.OpenWireAsync();
        await wire.SendAsync(Encoding.ASCII.GetBytes(text));
        if (endsSending)
            wire.EndSending();
        return Encoding.UTF8.GetString(await wire.ReadToEndAsync());
    }
}
