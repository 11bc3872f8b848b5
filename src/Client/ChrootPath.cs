namespace Coordination.Client;

/// <summary>Between the paths that a client uses and those of the server: the chroot stands before them.</summary>
internal static class ChrootPath
{
    internal static string ToServer(string chroot, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/')
            throw new ArgumentException($"the path '{path}' does not start with a slash", nameof(path));
        return chroot.Length == 0 ? path : path.Length == 1 ? chroot : chroot + path;
    }

    internal static string ToClient(string chroot, string path)
    {
        if (chroot.Length == 0 || !path.StartsWith(chroot, StringComparison.Ordinal))
            return path;
        return path.Length == chroot.Length ? "/" : path[chroot.Length..];
    }
}
