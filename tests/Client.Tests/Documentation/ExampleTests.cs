using System.Text.RegularExpressions;
using Coordination.Testing;

namespace Coordination.Client.Tests.Documentation;

/// <summary>The examples of docs/client.md compile, run, and are the ones here.</summary>
public sealed partial class ExampleTests(Servers servers) : ClientTest(servers)
{
    private readonly Servers _servers = servers;

    [Fact]
    public async Task The_document_has_these_examples()
    {
        string root = RepositoryRoot.Path;
        string[] sources = Directory.GetFiles(Path.Combine(root, "tests", "Client.Tests", "Documentation"), "Examples*.cs");
        string source = string.Concat(sources.Select(File.ReadAllText));
        string document = await File.ReadAllTextAsync(Path.Combine(root, "docs", "client.md"));
        var here = Marked().Matches(source).ToDictionary(
            static match => match.Groups[1].Value, static match => Unindent(match.Groups[2].Value));
        var there = Fenced().Matches(document).ToDictionary(
            static match => match.Groups[1].Value, static match => match.Groups[2].Value.TrimEnd());
        Assert.Equal(here.Keys.Order(StringComparer.Ordinal), there.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, example) in here)
            Assert.Equal(example, there[name]);
    }

    [Theory]
    [InlineData(ServerKind.Silo)]
    [InlineData(ServerKind.ZooKeeper)]
    [InlineData(ServerKind.Grains)]
    public async Task The_examples_run(ServerKind kind)
    {
        await using var outside = await ConnectAsync(kind);
        string root = NewPath();
        await outside.CreateAsync(root);
        string inRoot = HostAndPort(kind) + root;
        await using var client = await ConnectAsync(Options(kind, root));
        using var timeout = new CancellationTokenSource(Soon * 2);
        await Examples.ConnectAsync(inRoot);
        await Examples.StatesAsync(client);
        await Examples.ReadOnlyAsync(inRoot).WaitAsync(timeout.Token);
        await Examples.WatchAsync(client, timeout.Token);
        await Examples.BeyondAsync(client, timeout.Token);
        await Examples.LockAsync(client, timeout.Token);
        await Examples.DelayAsync(client, timeout.Token);
        await Examples.ReadWriteLockAsync(client, timeout.Token);
        await Examples.SemaphoreAsync(client, timeout.Token);
        await Examples.MultiLockAsync(client, timeout.Token);
        await Examples.LeaderAsync(client).WaitAsync(timeout.Token);
        await Examples.TurnsAsync(client, timeout.Token);
        await Examples.QueueAsync(client, timeout.Token);
        await Examples.OrderAsync(client, timeout.Token);
        await Examples.BarrierAsync(client, timeout.Token);
        await Examples.DoubleBarrierAsync(client, timeout.Token);
        await Examples.CounterAsync(client, timeout.Token);
        await Examples.AtomicValueAsync(client, timeout.Token);
        await Examples.CachedValueAsync(client, timeout.Token);
        await Examples.ConfigurationAsync(client, timeout.Token);
        await Examples.CacheAsync(client, timeout.Token);
        await Examples.GroupAsync(client, timeout.Token);
        await Examples.RegistryAsync(client, timeout.Token);
        await Examples.PersistentNodesAsync(client, timeout.Token);
        await Examples.HostAsync(inRoot).WaitAsync(timeout.Token);
    }

    [Fact]
    public async Task The_example_of_grains_runs() => await Examples.GrainsAsync(_servers.Silo.Grains).WaitAsync(Soon);

    private static string Unindent(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        int indent = lines.Where(static line => line.Length > 0).Min(static line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : string.Empty));
    }

    [GeneratedRegex("// example: (\\w+)\n(.*?)\n *// end", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("<!-- (\\w+) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
