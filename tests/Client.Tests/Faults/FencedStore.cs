namespace Coordination.Client.Tests.Faults;

/// <summary>What a lock protects: it takes no write with an older token than it has seen.</summary>
/// <remarks>It also holds the tokens to what is promised of them: nobody else has the same, and who writes has had it. That a
/// refused holder is not sure to hold, the contender says.</remarks>
internal sealed class FencedStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _holders = [];
    private readonly List<string> _violations = [];
    private long _highest;

    /// <summary>What must not have happened.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate)
                return [.. _violations];
        }
    }

    /// <summary>How often somebody came to hold it.</summary>
    public int Terms
    {
        get
        {
            lock (_gate)
                return _holders.Count;
        }
    }

    public int Accepted { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Somebody has seen what must not be.</summary>
    public void Report(string violation)
    {
        lock (_gate)
            _violations.Add(violation);
    }

    /// <summary>A contender says that it holds the lock.</summary>
    public void Hold(int contender, long token)
    {
        lock (_gate)
        {
            if (!_holders.TryAdd(token, contender))
                _violations.Add($"the token 0x{token:x} was given to {_holders[token]} and to {contender}");
        }
    }

    /// <summary>A holder writes.</summary>
    /// <returns>Whether it may.</returns>
    public bool Write(int contender, long token)
    {
        lock (_gate)
        {
            if (_holders.GetValueOrDefault(token, -1) != contender)
                _violations.Add($"{contender} writes with 0x{token:x}, which it never had");
            if (token < _highest)
            {
                Refused++;
                return false;
            }
            _highest = token;
            Accepted++;
            return true;
        }
    }
}
