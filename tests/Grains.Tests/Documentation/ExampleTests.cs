using System.Text.RegularExpressions;
using Coordination.Grains.Messages;
using Coordination.Grains.Tests.Hosting;
using Coordination.Grains.Tests.Observers;
using Coordination.Protocol;
using Coordination.Testing;
using Orleans;

namespace Coordination.Grains.Tests.Documentation;

/// <summary>The example of a session in docs/orleans.md compiles, runs, and is the one here.</summary>
public sealed partial class ExampleTests
{
    [Fact]
    public async Task TheDocumentHasThisExample()
    {
        string root = RepositoryRoot.Path;
        string source = await File.ReadAllTextAsync(
            System.IO.Path.Combine(root, "tests", "Grains.Tests", "Documentation", "ExampleTests.cs"));
        string document = await File.ReadAllTextAsync(System.IO.Path.Combine(root, "docs", "orleans.md"));
        string here = string.Join('\n', Marked().Match(source).Groups[1].Value.Split('\n').Select(static line => line.Trim()));
        string there = Fenced().Match(document).Groups[1].Value;
        Assert.NotEmpty(there);
        Assert.Equal(here, there);
    }

    [Fact]
    public async Task TheExampleRuns()
    {
        using var folder = new TempFolder();
        await using var silo = await SiloInProcess.StartAsync(folder.Path);
        await silo.Znode("/jobs").CreateAsync(new ZnodeCreation(null));
        Assert.Equal(["1"], await RunAsync(silo.Grains, 7, [1], new ZnodeListener()));
    }

    private static async Task<string[]> RunAsync(IGrainFactory client, long id, byte[] data, IZnodeObserver observer)
    {
        // example
        var opening = new SessionOpening(10_000, Credentials: [new Credential("digest", "user:password"u8.ToArray())]);
        var session = await GrainSession.OpenAsync(client, id, opening);

        // Found at once, though the grains of the two paths may be on two silos.
        await session.Znode("/jobs/1").CreateAsync(new ZnodeCreation(data, CreateMode.Ephemeral));
        string[] jobs = (await session.Znode("/jobs").GetChildrenAsync()).Names;

        // What is read after the observer was told of an event is as of the event, or later. Keep both alive.
        await session.Znode("/jobs").SubscribeRecursivelyAsync(observer);

        // All that anybody was told is done by now, is seen from here on.
        await session.SyncAsync();
        long number = (await session.TakeNumbersAsync("jobs", 1)).First;

        // Several times per timeout. False: the session has ended.
        bool isOpen = await session.KeepAliveAsync();
        // end
        Assert.True(isOpen);
        Assert.Equal(0, number);
        return jobs;
    }

    [GeneratedRegex("// example\n(.*?)\n *// end", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("<!-- session -->\n```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
