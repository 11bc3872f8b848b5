using System.Text;
using Coordination.Engine.Checkpoint;

namespace Coordination.Storage.Tests;

/// <summary>Makes changes of a checkpoint.</summary>
internal static class Changes
{
    public static CheckpointState Genesis { get; } = new(0, 0, 0, 0, 1);

    public static ZnodeChange Put(string path, string? data = "", long zxid = 1) =>
        Whole(ZnodeChangeKind.Put, path, data, zxid);

    public static ZnodeChange Add(string path, string? data = "", long zxid = 1) =>
        Whole(ZnodeChangeKind.Add, path, data, zxid);

    public static ZnodeChange Patch(string path) =>
        new() { Path = Encoding.UTF8.GetBytes(path), Kind = ZnodeChangeKind.Patch };

    public static ZnodeChange Delete(string path) =>
        new() { Path = Encoding.UTF8.GetBytes(path), Kind = ZnodeChangeKind.Delete };

    /// <summary>The state one row after another.</summary>
    public static CheckpointState Next(CheckpointState state) =>
        state with { Position = state.Position + 1, Zxid = state.Zxid + 1, Checksum = (state.Checksum * 3) + 1 };

    public static CheckpointDelta Delta(CheckpointState from, params ZnodeChange[] znodes) => new()
    {
        Base = from,
        Target = Next(from),
        Znodes = znodes,
        Sessions = new Dictionary<long, SessionRecord?>(),
        Counters = new Dictionary<string, long>(),
        SiloBatches = new Dictionary<Guid, long?>(),
    };

    public static async Task<CheckpointContent> LoadAsync(this ICheckpoint checkpoint)
    {
        var content = new CheckpointContent();
        await checkpoint.LoadAsync(content, default);
        return content;
    }

    private static ZnodeChange Whole(ZnodeChangeKind kind, string path, string? data, long zxid) => new()
    {
        Path = Encoding.UTF8.GetBytes(path),
        Kind = kind,
        DataSet = true,
        Data = data is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(data),
        AclSet = true,
        PzxidSet = true,
        CreatedChildrenSet = true,
        Czxid = zxid,
        Mzxid = zxid,
        Pzxid = zxid,
        Ctime = 1_700_000_000_000 + zxid,
        Mtime = 1_700_000_000_000 + zxid,
    };
}
