using System.Text;
using Coordination.Engine.Requests;
using Coordination.Protocol;

namespace Coordination.Grains.Tests;

/// <summary>Writes as tests put them down.</summary>
internal static class Writes
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static CreateOperation Create(string path, string data = "", CreateMode mode = CreateMode.Persistent) =>
        new(Utf8(path), Utf8(data), [Acl.Open], (int)mode, returnsStat: true);

    public static SetDataOperation Set(string path, string data, int version = -1) => Set(path, Utf8(data), version);

    public static SetDataOperation Set(string path, byte[] data, int version = -1) => new(Utf8(path), data, version);

    public static DeleteOperation Delete(string path, int version = -1) => new(Utf8(path), version);

    public static CheckOperation Check(string path, int version) => new(Utf8(path), version);

    public static TakeNumbersOperation Take(string counter, int count) => new(counter, count);

    public static MultiOperation Multi(params WriteOperation[] operations) => new(operations);
}
