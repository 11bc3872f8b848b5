namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Commands, and what is expected of them.</summary>
/// <param name="Commands">What to do, in order.</param>
/// <param name="Expected">The lines that it gives.</param>
/// <param name="FirstExpectedLine">Where those lines begin in the file, from 0.</param>
internal sealed record CaseBlock(IReadOnlyList<Command> Commands, IReadOnlyList<string> Expected, int FirstExpectedLine);
