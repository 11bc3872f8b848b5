using Coordination.Testing;
using Coordination.Testing.RawProtocol;

namespace Coordination.Gateway.Tests.Operations;

/// <summary>A silo with a znode that has very many children.</summary>
public sealed class LongListSilo() : RunningSilo(new SiloOptions { TickTime = TimeSpan.FromSeconds(2) })
{
    private const int InAMulti = 5000;

    /// <summary>How many children <c>/long</c> has that nobody takes away.</summary>
    public const int Children = 200_000;

    /// <summary>The name of one of them: none is next to another, so that there is room between any two.</summary>
    public static string NameOf(int number) => $"child-{number:d7}0";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var client = await ConnectAsync();
        await client.CreateAsync("/long", null);
        for (int i = 0; i < Children; i += InAMulti)
        {
            var results = await client.MultiAsync(
                [.. Enumerable.Range(i, InAMulti).Select(static number => MultiOperation.Create($"/long/{NameOf(number)}", null))]);
            Assert.True(results.IsOk);
        }

        await client.CloseSessionAsync();
    }
}
