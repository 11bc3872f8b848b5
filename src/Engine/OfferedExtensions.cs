using Coordination.Engine.Log;
using Coordination.Protocol;

namespace Coordination.Engine;

/// <summary>The extensions that clients may use: what <see cref="ExtensionList.Path"/> has to say.</summary>
/// <remarks>A client may come to any silo of a cluster with what it has read from one. So each extension needs a format level,
/// whether or not anything of it is in the log: while an older silo lives, that level is not in force.</remarks>
public static class OfferedExtensions
{
    private static readonly (Extension Extension, int FormatLevel)[] _all =
    [
        (Extension.Once, LogFormat.OnceLevel),
        (Extension.WatchFrom, 2),
        (Extension.ChildrenPages, 2),
        (Extension.DeleteTree, 2),
        (Extension.CheckHeld, 2),
    ];

    /// <summary>The list where a format level is in force.</summary>
    public static byte[] ListAt(int formatLevel) =>
        ExtensionList.Encode(_all.Where(offer => offer.FormatLevel <= formatLevel).Select(static offer => offer.Extension));
}
