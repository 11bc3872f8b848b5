using System.Text.RegularExpressions;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>Compares what a case expects with what a ZooKeeper answered.</summary>
/// <remarks>The numbers of zxids differ, since in ZooKeeper a refused write takes one too: their order must be the same.
/// Times are the server's own. In 3.8 a notification carries no zxid.</remarks>
internal sealed partial class OracleComparison
{
    private readonly List<string> _different = [];
    private readonly SortedDictionary<long, long> _zxids = [];

    /// <summary>What differs; null for nothing.</summary>
    public string? Difference => _different.Count > 0 ? string.Join('\n', _different) : DifferenceOfZxids();

    public void Add(IReadOnlyList<string> expected, IReadOnlyList<string> given)
    {
        string wanted = Comparable(expected), got = Comparable(given);
        if (Zxids().Replace(wanted, "Z") != Zxids().Replace(got, "Z"))
        {
            _different.Add($"- {wanted.Replace("\n", "\n- ")}\n+ {got.Replace("\n", "\n+ ")}");
            return;
        }
        foreach (var (ours, theirs) in Zxids().Matches(wanted).Zip(Zxids().Matches(got)))
        {
            long our = ZxidText.Parse(ours.Value), their = ZxidText.Parse(theirs.Value);
            if (_zxids.TryAdd(our, their) || _zxids[our] == their)
                continue;
            _different.Add($"zxid {ours} is both {ZxidText.Of(_zxids[our])} and {theirs}");
        }
    }

    private string? DifferenceOfZxids()
    {
        long before = -1;
        foreach (var (ours, theirs) in _zxids)
        {
            if (theirs <= before || (ours == 0) != (theirs == 0))
                return $"zxid {ZxidText.Of(ours)} is {ZxidText.Of(theirs)} there, out of order";
            before = theirs;
        }
        return null;
    }

    private static string Comparable(IReadOnlyList<string> lines) =>
        Times().Replace(EventZxids().Replace(string.Join('\n', lines), "$1"), "$1");

    [GeneratedRegex(@"\b([cm]time=)\d+")]
    private static partial Regex Times();

    [GeneratedRegex(@"^(session \d+: \w+ .*) (?:\d+\.\d+|-1)$", RegexOptions.Multiline)]
    private static partial Regex EventZxids();

    [GeneratedRegex(@"(?<=zxid=)(?:\d+\.\d+|0)|^\d+\.\d+(?= )", RegexOptions.Multiline)]
    private static partial Regex Zxids();
}
