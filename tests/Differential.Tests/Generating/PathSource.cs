namespace Coordination.Differential.Tests.Generating;

/// <summary>The paths of one sequence: few, so that its steps meet, and now and then a strange one.</summary>
internal sealed class PathSource
{
    /// <summary>What stands for the null path.</summary>
    public const string Null = "<null>";

    /// <summary>What stands for the quota on the sequence's own root.</summary>
    public const string Quota = "/zookeeper/quota~";

    private static readonly string[] s_ordinary =
    [
        "~/a", "~/b", "~/a/c", "~/a/c/d", "~/b/e", "~/a/s", "~/s", "~/ab", "~/a/c/d/f",
    ];

    // What sequential creates make of the others.
    private static readonly string[] s_numbered =
    [
        "~/a0000000000", "~/a0000000001", "~/a/s0000000000", "~/a/s0000000001", "~/a/s0000000002", "~/s0000000002",
        "~/b/0000000000", "~/a/0000000001", "~/a/c0000000000", "~/0000000000",
    ];

    // What only errors come from, or what is the sequence's own: the root is everybody's.
    private static readonly string[] s_strange =
    [
        "~/", "~/a/", "~//a", "~/a//c", "~/.", "~/..", "~/a/.", "~/a/..", "~/a/./c", "~/./a", "~/.../a", "~/.a", "~/a.",
        "~/a/...", "~/\u0001", "~/a\u001f", "~/\u007f", "~/a\u009f", "~/\u0000", "~/a\u0000", "~/ ", "~/ü", "~/木", "~/e\u0301",
        "~/\ud7ff", "~/\ue000", "~/\uf8ff", "~/\uf900", "~/\uffef", "~/\ufff0", "~/\ufffd", "~/\uffff", "~/😀", "~/a😀b",
        "~a", "~/a/%2e", "~/a\\b", "~/\u00a0", "~/a\t", "~/\n", "~/\u0085", "~/\u2028", "~/zookeeper", "~/é/ß",
    ];

    // Paths that lead nowhere, from the sequence or from any other. Not the empty one, which is the root to who reads.
    private static readonly string[] s_outside =
    [
        "a", "nowhere", "~~", "//", "/.", "/..", "/nowhere/b", "/nowhere/a", "/nowhere/", " ", "/zookeeper/nowhere/a", ".",
        Null, Null, Null, Quota, Quota + "/a",
    ];

    private readonly Random _random;
    private readonly string[] _chosen;
    private readonly int _strangeOneIn;

    public PathSource(Random random)
    {
        _random = random;
        _chosen =
        [
            .. Shuffled(s_ordinary).Take(random.Next(2, 6)), .. Shuffled(s_numbered).Take(random.Next(0, 3)), "~/a",
        ];
        _strangeOneIn = Draw.From(random, [6, 25, 25, 100]);
    }

    public string Next()
    {
        if (!Draw.OneIn(_random, _strangeOneIn))
            return Draw.OneIn(_random, 12) ? "~" : Draw.From(_random, _chosen);
        return Draw.OneIn(_random, 5) ? Draw.From(_random, s_outside) : Draw.From(_random, s_strange);
    }

    /// <summary>
    /// A path that a server may send back. ZooKeeper sends supplementary characters in an encoding that is not UTF-8.
    /// </summary>
    public string NextToBeSentBack() => Next().Replace("😀", "ü").Replace(Null, "~/null");

    /// <summary>Whether a path is below the sequence's root, and not beside it, where the counter is everybody's.</summary>
    public static bool IsInside(string path) => path.StartsWith("~/", StringComparison.Ordinal);

    /// <summary>The beginning of a path, which need not be one.</summary>
    public string NextPrefix() => _random.Next(4) switch
    {
        0 => "~",
        1 => "~/",
        2 => Next() + "/",
        _ => Next(),
    };

    private IEnumerable<string> Shuffled(string[] paths)
    {
        string[] copy = [.. paths];
        _random.Shuffle(copy);
        return copy;
    }
}
