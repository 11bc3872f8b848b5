using Orleans;

namespace Coordination.Cluster.Tests.Packages;

/// <summary>What a grain might keep.</summary>
[GenerateSerializer]
public sealed class GrainNotes
{
    [Id(0)]
    public string? Text { get; set; }
}
