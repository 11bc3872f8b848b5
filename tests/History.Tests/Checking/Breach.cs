namespace Coordination.History.Tests.Checking;

/// <summary>A promise that a history breaks, and where.</summary>
internal sealed record Breach(string Promise, string What)
{
    public override string ToString() => $"{Promise}: {What}";
}
