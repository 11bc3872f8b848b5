using Coordination.Protocol;

namespace Coordination.Client.Watching;

/// <summary>The requests that set all watches anew on another connection.</summary>
/// <remarks>Cut into pieces, since a server takes no request that is longer than its <c>jute.maxbuffer</c>: as in
/// ZooKeeper, all pieces carry the same zxid, from which on the server looks for what was missed.</remarks>
internal static class WatchRenewal
{
    // What ZooKeeper's own client cuts at; it leaves room in the frame of any sane server.
    private const int LongestPiece = 128 * 1024;

    /// <summary>Writes the requests as frames.</summary>
    /// <returns>How many there are.</returns>
    internal static int WriteFrames(JuteBuffer buffer, IReadOnlyList<string>[] paths, long lastZxidSeen)
    {
        // Servers before 3.6 do not know the second form, and the lists that only it has.
        bool hasLasting = paths[(int)WatchKind.Persistent].Count + paths[(int)WatchKind.Recursive].Count > 0;
        int frames = 0;
        var position = new int[paths.Length];
        while (HasMore(paths, position))
        {
            WriteFrame(buffer, paths, position, lastZxidSeen, hasLasting);
            frames++;
        }
        return frames;
    }

    private static bool HasMore(IReadOnlyList<string>[] paths, int[] position)
    {
        for (int kind = 0; kind < paths.Length; kind++)
        {
            if (position[kind] < paths[kind].Count)
                return true;
        }
        return false;
    }

    private static void WriteFrame(
        JuteBuffer buffer, IReadOnlyList<string>[] paths, int[] position, long lastZxidSeen, bool hasLasting)
    {
        int start = buffer.Length;
        buffer.WriteInt(0);
        buffer.WriteInt(ReservedXid.SetWatches);
        buffer.WriteInt((int)(hasLasting ? OperationCode.SetWatches2 : OperationCode.SetWatches));
        buffer.WriteLong(lastZxidSeen);
        int kinds = hasLasting ? paths.Length : (int)WatchKind.Persistent;
        for (int kind = 0; kind < kinds; kind++)
        {
            int countAt = buffer.Length;
            buffer.WriteInt(0);
            int first = position[kind];
            while (position[kind] < paths[kind].Count && buffer.Length - start < LongestPiece)
                buffer.WriteString(paths[kind][position[kind]++]);
            buffer.WriteIntAt(countAt, position[kind] - first);
        }
        buffer.WriteIntAt(start, buffer.Length - start - 4);
    }
}
