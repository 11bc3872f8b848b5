namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>One named case: it starts with a fresh server, on which session 1 is open.</summary>
internal sealed class Case(string name)
{
    private static readonly HashSet<string> s_engineVerbs =
        ["load", "skip", "takeover", "hold", "apply", "lose", "expire", "address", "memory", "time", "take", "ttl",
            "sweep", "unused", "deletetree"];

    public string Name { get; } = name;

    /// <summary>Why Apache ZooKeeper 3.8.0 answers otherwise; null where it answers the same.</summary>
    public string? Differs { get; set; }

    public List<CaseBlock> Blocks { get; } = [];

    /// <summary>Whether the case can be put to a ZooKeeper: all that it does goes through the protocol.</summary>
    public bool IsForAnyServer => Differs is null && !Blocks.Any(block => block.Commands.Any(
        command => s_engineVerbs.Contains(command.Verb) || command.Option("connection") is not null
            || command.Option("once") is not null));
}
