using Coordination.Differential.Tests.Steps;

namespace Coordination.Differential.Tests.Comparing;

/// <summary>What wanted differences need to know of the steps so far.</summary>
internal sealed class SequenceHistory
{
    private readonly List<string> _guarded = [];

    /// <summary>Whether a session has more identities than its address.</summary>
    public bool HasAuthenticated { get; private set; }

    public void Add(Step step)
    {
        foreach (var part in step.Parts())
        {
            HasAuthenticated |= part is AuthenticateRequest;
            if (part is IHasAcl { DeniesReading: true } guarding)
                _guarded.Add(guarding.Path);
        }
    }

    /// <summary>Whether a znode may at some time have had an ACL that lets not everybody read.</summary>
    public bool MayBeGuarded(string path) =>
        _guarded.Any(guarded => path == guarded || IsSequential(path, guarded));

    private static bool IsSequential(string path, string prefix) =>
        path.Length == prefix.Length + 10 && path.StartsWith(prefix, StringComparison.Ordinal)
        && path.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0;
}
