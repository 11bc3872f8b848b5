using System.Globalization;

namespace Coordination.Engine.Tests.CaseFiles;

/// <summary>A zxid as cases write it: epoch and counter, with a dot between.</summary>
internal static class ZxidText
{
    public static string Of(long zxid) => zxid switch
    {
        0 => "0",
        -1 => "-1",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Zxid.EpochOf(zxid)}.{(uint)zxid}"),
    };

    public static long Parse(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 1
            ? long.Parse(text, CultureInfo.InvariantCulture)
            : Zxid.FirstOf(int.Parse(parts[0], CultureInfo.InvariantCulture))
                | uint.Parse(parts[1], CultureInfo.InvariantCulture);
    }
}
