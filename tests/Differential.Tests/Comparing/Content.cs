using System.Globalization;
using System.Text;
using Coordination.Testing.RawProtocol;

namespace Coordination.Differential.Tests.Comparing;

/// <summary>
/// What a server said, in a form that can be compared with what another said: text that must be equal, zxids that must be
/// in the same order, and times that must belong to their zxids.
/// </summary>
internal sealed class Content
{
    private const int LongestShown = 40;

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _shown = new();
    private readonly List<long> _zxids = [];
    private readonly List<(long Zxid, long Time)> _times = [];

    /// <summary>What must be equal.</summary>
    public string Text => _text.ToString();

    /// <summary>The same with the server's own numbers, to be read.</summary>
    public string Shown => _shown.ToString();

    public IReadOnlyList<long> Zxids => _zxids;

    /// <summary>Each time that was told, with the zxid of the change whose time it is.</summary>
    public IReadOnlyList<(long Zxid, long Time)> Times => _times;

    public Content Add(string text)
    {
        Separate();
        _text.Append(text);
        _shown.Append(text);
        return this;
    }

    public Content AddZxid(string name, long zxid)
    {
        Separate();
        _zxids.Add(zxid);
        _text.Append(name);
        _shown.Append(CultureInfo.InvariantCulture, $"{name}=0x{zxid:x}");
        return this;
    }

    public Content AddData(byte[]? data) => Add(Describe(data));

    public Content AddNames(IEnumerable<string> names) =>
        Add($"[{string.Join(", ", names.Order(StringComparer.Ordinal))}]");

    public Content AddStat(in Stat stat, Func<long, string> nameOfSession)
    {
        AddZxid("czxid", stat.Czxid).AddZxid("mzxid", stat.Mzxid).AddZxid("pzxid", stat.Pzxid);
        _times.Add((stat.Czxid, stat.Ctime));
        _times.Add((stat.Mzxid, stat.Mtime));
        return Add(string.Create(
            CultureInfo.InvariantCulture,
            $"version={stat.Version} cversion={stat.Cversion} aversion={stat.Aversion} length={stat.DataLength} "
            + $"children={stat.NumChildren} owner={nameOfSession(stat.EphemeralOwner)}"));
    }

    /// <summary>Data as it is shown: null and empty are two things, and what is long is told by its sum.</summary>
    public static string Describe(byte[]? data)
    {
        if (data is null)
            return "null";
        if (data.Length <= LongestShown)
            return $"\"{Encoding.Latin1.GetString(data)}\"";
        uint sum = 0;
        foreach (byte value in data)
            sum = (sum * 31) + value;
        return $"{data.Length} bytes (sum {sum:x})";
    }

    private void Separate()
    {
        if (_text.Length == 0)
            return;
        _text.Append(' ');
        _shown.Append(' ');
    }
}
