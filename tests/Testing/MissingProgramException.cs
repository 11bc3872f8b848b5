namespace Coordination.Testing;

/// <summary>A program that a test is about is not on this machine: the test is skipped, unless all are required.</summary>
public sealed class MissingProgramException : InvalidOperationException
{
    /// <summary>Says what is missing.</summary>
    /// <param name="what">The program, or what it needs.</param>
    /// <param name="packages">The Debian packages that bring it.</param>
    /// <param name="cause">How it was found out; null where nothing was thrown.</param>
    public MissingProgramException(string what, string packages, Exception? cause = null)
        : base($"{what} is missing, without which this cannot be tested: apt-get install {packages} (.ci/run does)", cause)
    {
    }
}
